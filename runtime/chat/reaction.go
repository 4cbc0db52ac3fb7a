package chat

// Reaction is the emoji that somebody last put on a message.
type Reaction struct {
	// Person reacted; empty for the account itself.
	Person ID
	// Text is the emoji.
	Text string
	// Timestamp is in unix seconds.
	Timestamp int64
}

// MaxReaction is the longest reaction that messages keep, in bytes. No emoji is as
// long.
const MaxReaction = 64
