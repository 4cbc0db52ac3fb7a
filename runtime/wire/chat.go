package wire

import "github.com/wasession/wasession/runtime/chat"

// Chat is a row of the chats list, and `_chat` of a summary. WAHA's rows have
// id, name and conversationTimestamp; the rest tells the chat's state.
type Chat struct {
	ID   string  `json:"id"`
	Name *string `json:"name"`
	// ConversationTimestamp is the last activity of any sort, Timestamp that of
	// the last message (0 without one); both in unix seconds.
	ConversationTimestamp int64 `json:"conversationTimestamp" doc:"last activity of any sort, unix seconds"`
	Timestamp             int64 `json:"timestamp" doc:"the last message's, unix seconds; 0 without one"`
	Archived              bool  `json:"archived"`
	Pinned                bool  `json:"pinned"`
	Muted                 bool  `json:"muted"`
	UnreadCount           int   `json:"unreadCount"`
	// MarkedUnread is the person's own mark; the count may be 0 beside it.
	MarkedUnread bool `json:"markedUnread"`
}

// Summary is a row of the overview.
type Summary struct {
	ID          string   `json:"id"`
	Name        *string  `json:"name"`
	Picture     *string  `json:"picture" doc:"from the cache; null where none is known"`
	LastMessage *Message `json:"lastMessage" doc:"its media is never downloaded"`
	Chat        Chat     `json:"_chat"`
}

// NewChat is a chat's row at a time in unix seconds.
func NewChat(c *chat.Chat, now int64) Chat {
	return Chat{
		ID:                    string(c.ID),
		Name:                  text(c.Name),
		ConversationTimestamp: c.ConversationTimestamp,
		Timestamp:             c.Timestamp,
		Archived:              c.Archived,
		Pinned:                c.PinnedAt > 0,
		Muted:                 c.MutedAt(now),
		UnreadCount:           c.Unread,
		MarkedUnread:          c.MarkedUnread,
	}
}

// NewSummary is a chat's row of the overview at a time in unix seconds.
func NewSummary(c *chat.Chat, now int64, raw Raw) Summary {
	s := Summary{ID: string(c.ID), Name: text(c.Name), Chat: NewChat(c, now)}
	if c.Picture != nil {
		s.Picture = text(c.Picture.URL)
	}
	if c.LastMessage != nil {
		m := NewMessage(c.LastMessage, raw)
		s.LastMessage = &m
	}
	return s
}
