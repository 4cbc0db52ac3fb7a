package chat

import "cmp"

// Contact is a person that the account has heard of.
type Contact struct {
	// ID is the phone-number id where it is known, else the LID.
	ID ID
	// LID is the person's LID where known; equal to ID without a phone number.
	LID ID
	// Name is from the address book, PushName the person's own.
	Name, PushName, BusinessName string
}

// BestName is the name to show: the address book's, else the business's, else
// the person's own; empty where none is known.
func (c *Contact) BestName() string {
	return cmp.Or(c.Name, c.BusinessName, c.PushName)
}

// LIDPair is a person's LID with the phone number it belongs to.
type LIDPair struct{ LID, Phone ID }

// ListQuery asks for a page of contacts, groups or LIDs. The order is total.
type ListQuery struct {
	// Limit is the page's length; 0 means all.
	Limit, Offset int
	// SortBy is SortID (the default) or SortName.
	SortBy SortField
	// Reverse turns A-Z round.
	Reverse bool
}
