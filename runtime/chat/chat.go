package chat

// Chat is one conversation as the lists show it.
type Chat struct {
	// ID is the chat's id. With merged lists it is the phone-number chat of a
	// person whose LID is known.
	ID   ID
	Name string
	// Timestamp is the last message's, unix seconds; 0 without a message.
	Timestamp int64
	// ConversationTimestamp is WhatsApp's own: the last activity of any sort,
	// never less than Timestamp.
	ConversationTimestamp int64
	Archived              bool
	// PinnedAt is when the chat was pinned, unix seconds; 0 not pinned.
	PinnedAt int64
	// MutedUntil is unix seconds; 0 not muted, -1 forever.
	MutedUntil int64
	// Unread counts unread messages; MarkedUnread is the person's own mark.
	Unread       int
	MarkedUnread bool
	// Labels are the chat's labels, in the order of their IDs.
	Labels []Label
	// LastMessage is set where a query asks for it; nil without a message.
	LastMessage *Message
	// LastLeft says that there is a last message which was left out for its
	// size; see ChatQuery.
	LastLeft bool
	// Picture is the cached picture, where a query asks for it.
	Picture *Picture
}

// Kind is the sort of the chat.
func (c *Chat) Kind() Kind { return c.ID.Kind() }

// MutedAt reports whether the chat is muted at a time, in unix seconds.
func (c *Chat) MutedAt(now int64) bool { return c.MutedUntil < 0 || c.MutedUntil > now }

// Picture is a chat's picture as last fetched.
type Picture struct {
	// URL is empty where the chat has none.
	URL string
	// FetchedAt is unix seconds.
	FetchedAt int64
}

// Counts counts the chats of an account.
type Counts struct {
	Total, Archived int
	// Unread counts chats with unread messages or the unread mark.
	Unread int
}
