package chat

import (
	"slices"
	"time"
)

// Sent is a message that was sent under limits, or is being sent.
type Sent struct {
	Chat ID
	At   time.Time
	// New is set if it was the first message of its chat.
	New bool
}

// Waiting is a message that waits to be sent. Its content is in the message.
type Waiting struct {
	ID       MessageID
	QueuedAt time.Time
	// New is set if its chat has no message that was sent or received.
	New bool
	// Tries is how often it was handed to WhatsApp. Until RetryAt it is being sent, or
	// nobody knows whether it left: WhatsApp did not answer, or the process ended
	// meanwhile.
	Tries   int
	RetryAt time.Time
}

// Sending is what decides when a message may be sent.
type Sending struct {
	// Since is when the account was linked for the first time; zero if it was not.
	Since time.Time
	// Sent are the messages that were sent, as far as limits reach, by their time.
	Sent []Sent
	// Waiting are the messages that wait, in the order in which they were accepted.
	Waiting []Waiting
}

// Ahead reports whether something was sent after now, or is tried again after retryAt,
// the latest time that now allows: the clock was set back since.
func (s *Sending) Ahead(now, retryAt time.Time) bool {
	return slices.ContainsFunc(s.Sent, func(sent Sent) bool { return sent.At.After(now) }) ||
		slices.ContainsFunc(s.Waiting, func(w Waiting) bool { return w.RetryAt.After(retryAt) })
}

// SendQueued stores an own message that is sent later.
type SendQueued struct{ Message Message }

// SendEnded ends the wait of a message; Ack says how. With PENDING nobody knows.
type SendEnded struct{ AckChanged }

func (SendQueued) change() {}
func (SendEnded) change()  {}

// SendingPlan is what limits sends now, and what waits because of it.
type SendingPlan struct {
	// Limits are those in force; nil for none.
	Limits *SendingLimits
	// PausedUntil is when sending goes on after WhatsApp limited it; zero if it does not
	// pause.
	PausedUntil time.Time
	// Waiting are the messages that wait, in the order in which they are due.
	Waiting []DueMessage
}

// SendingLimits are how many messages may be sent now. A limit of 0 is none.
type SendingLimits struct {
	PerMinute, PerContactPerMinute, NewContactsPerDay int
	// WarmUpUntil is when they reach their full size; zero if they have.
	WarmUpUntil time.Time
}

// DueMessage is a message that waits, and when it will be sent as things stand.
type DueMessage struct {
	Waiting
	Due time.Time
}
