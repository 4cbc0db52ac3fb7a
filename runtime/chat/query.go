package chat

import "context"

// SortField is a field that lists can be sorted by.
type SortField string

// The fields. SortID and SortName are those of every list, the others of chats.
const (
	SortMessageTimestamp      SortField = "messageTimestamp"
	SortConversationTimestamp SortField = "conversationTimestamp"
	SortID                    SortField = "id"
	SortName                  SortField = "name"
)

// ChatSort is a field that chats can be sorted by.
type ChatSort SortField

// Values are the fields.
func (ChatSort) Values() []string {
	return []string{string(SortMessageTimestamp), string(SortConversationTimestamp), string(SortID), string(SortName)}
}

// PeopleSort is a field that contacts can be sorted by.
type PeopleSort SortField

// Values are the fields.
func (PeopleSort) Values() []string { return []string{string(SortID), string(SortName)} }

// ChatQuery asks for a page of chats. The order is total: ties are broken by
// ID, so that paging by offset returns each chat once.
type ChatQuery struct {
	// Limit is the page's length; 0 means all.
	Limit, Offset int
	// SortBy defaults to SortMessageTimestamp.
	SortBy SortField
	// Reverse turns the order round: it is newest first, and A-Z, otherwise.
	Reverse bool
	// Apart lists LID and phone-number rows of one person apart (merge=false).
	Apart bool
	// IDs limits the list; nil means all. LIDs find their phone-number chat.
	IDs []ID
	// Labels limits the list to chats that have one of these labels, given by ID or
	// name; empty means all chats.
	Labels []string
	// WithLast fills LastMessage and Picture. Once the last messages exceed
	// LastBytes (0: never), those of the rows that follow are left out, and
	// LastLeft says so.
	WithLast  bool
	LastBytes int
}

// Pager reads a page piece by piece, each with about the given number of bytes and at
// least one row. Between pieces it holds no resources, so a slow client blocks nothing.
// more says whether to call it again.
type Pager[T any] func(ctx context.Context, bytes int) (piece []T, more bool, err error)

// MessageQuery asks for a page of messages, filtered before paging, ordered by
// time; ties are broken by arrival.
type MessageQuery struct {
	// Chat is empty for the messages of all chats.
	Chat          ID
	Limit, Offset int
	// Reverse lists oldest first.
	Reverse bool
	// Since and Until bound Timestamp, inclusive, unix seconds; nil is open.
	Since, Until *int64
	FromMe       *bool
	Ack          *Ack
	// Text is part of Body, in upper or lower case; empty for all.
	Text string
	// Apart takes Chat as it arrived (merge=false).
	Apart bool
}
