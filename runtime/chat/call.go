package chat

// Called is a call that was offered, accepted or rejected; Event says which. From is who
// called.
type Called struct {
	Event          string
	ID             string
	From           ID
	Timestamp      int64
	IsVideo, Group bool
	Data           CallData
}

// CallData is the rest of what WhatsApp tells of a call. Addresses are as they arrived.
type CallData struct {
	From, Creator, CreatorAlt, GroupJID string
	// WireID is WhatsApp's own ID of the call, if Called.ID is not.
	WireID string
	// Platform and Version are the caller's client; Media and Type are said of calls in
	// groups; Reason is why a call ended.
	Platform, Version, Media, Type, Reason string
}
