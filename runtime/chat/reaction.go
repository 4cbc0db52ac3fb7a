package chat

// Reaction is the emoji that somebody last put on a message.
type Reaction struct {
	// Person reacted; empty for the account itself.
	Person    ID     `json:"person,omitempty"`
	Text      string `json:"text"`
	Timestamp int64  `json:"ts"`
}

// MaxReaction is the longest reaction that messages keep, in bytes. No emoji is as
// long.
const MaxReaction = 64
