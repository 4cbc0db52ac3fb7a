package wire

import "github.com/wasession/wasession/runtime/chat"

// Chat is an entry of the list of chats, and `_chat` of a summary. WAHA's entries
// have id, name and conversationTimestamp; the other fields are the chat's state.
type Chat struct {
	ID   string  `json:"id"`
	Name *string `json:"name"`
	// ConversationTimestamp is the last activity of any sort, Timestamp that of
	// the last message (0 without one); both in unix seconds.
	ConversationTimestamp int64 `json:"conversationTimestamp" doc:"Time of the last activity of any kind, Unix seconds"`
	Timestamp             int64 `json:"timestamp" doc:"Time of the last message, Unix seconds; 0 if there is none"`
	Archived              bool  `json:"archived"`
	Pinned                bool  `json:"pinned"`
	Muted                 bool  `json:"muted"`
	UnreadCount           int   `json:"unreadCount"`
	// MarkedUnread is set manually; UnreadCount may be 0 then.
	MarkedUnread bool    `json:"markedUnread"`
	Labels       []Label `json:"labels"`
}

// Summary is an entry of the overview.
type Summary struct {
	ID          string   `json:"id"`
	Name        *string  `json:"name"`
	Picture     *string  `json:"picture" doc:"From the cache; null if unknown"`
	LastMessage *Message `json:"lastMessage" doc:"Its media is never downloaded"`
	Chat        Chat     `json:"_chat"`
}

// NewChat is a chat's entry at a time in unix seconds.
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
		Labels:                NewLabels(c.Labels),
	}
}

// NewSummary is a chat's entry of the overview at a time in unix seconds.
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
