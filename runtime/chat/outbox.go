package chat

import "time"

// StoredEvent is an event in the outbox, in the order in which things happened.
type StoredEvent struct {
	// Seq is the place in the outbox; it grows, with gaps.
	Seq int64
	// ID is the envelope's id: "evt_" and a lowercase ULID; ids sort as Seq does.
	ID string
	// Name is the event's name on the HTTP API, Payload its encoded payload.
	Name    string
	Payload []byte
	// Problem says that the payload cannot be encoded, which further tries would
	// not change.
	Problem error
	// At has millisecond precision.
	At time.Time
}

// OutboxRules bound the outbox.
type OutboxRules struct {
	// Now is the time by which ages are counted. A caller that is long-lived
	// takes one that a step of the clock does not move.
	Now time.Time
	// Retention is the age to which delivered events can be resumed from, and
	// dead letters looked at.
	Retention time.Duration
	// MaxEvents and MaxBytes limit the outbox; 0 means no limit. Half of the bytes is for
	// events, the other half for dead letters.
	MaxEvents, MaxBytes int64
	// Wants says whether a webhook, by its key, is to get an event; nil: each
	// gets all.
	Wants func(webhook, event string) bool
}

// Pruned counts undelivered events that were pruned.
type Pruned struct {
	// DeadLetters is how many became dead letters, Lost how many dead letters
	// were removed for want of room.
	DeadLetters, Lost int64
}

// Cursor is how far a webhook is in the outbox.
type Cursor struct {
	// Webhook is the webhook's key.
	Webhook string
	// Seq is the last event that is settled: delivered, given up or not wanted.
	Seq int64
	// Attempts counts the failed attempts at the event after Seq; 0 before the
	// first. The rest is about that event.
	Attempts int
	// NextAt is when to retry; zero means immediately.
	NextAt time.Time
	// RequestID stays the same over all attempts; empty before the first.
	RequestID string
	LastError string
}

// DeliveryState is the state of one event's delivery to one webhook.
type DeliveryState string

// The states of deliveries that can be listed.
const (
	// DeliveryPending waits for its turn or for its next attempt.
	DeliveryPending DeliveryState = "pending"
	// DeliveryFailed is a dead letter: its attempts are used up.
	DeliveryFailed DeliveryState = "failed"
	// DeliveryReplay is a dead letter that somebody asked to send again.
	DeliveryReplay DeliveryState = "replay"
)

// Delivery is one event's way to one webhook.
type Delivery struct {
	// ID names a dead letter for Replay; 0 while pending.
	ID      int64
	Webhook string
	State   DeliveryState
	Event   StoredEvent
	// Attempts counts what was tried, RequestID is the same on each.
	Attempts  int
	RequestID string
	LastError string
	// NextAt is when a pending one is tried next; FailedAt when a dead letter
	// was given up. Zero otherwise.
	NextAt, FailedAt time.Time
}

// DeliveryQuery asks for a page of deliveries, oldest first.
type DeliveryQuery struct {
	// Webhook is empty for all webhooks.
	Webhook string
	// State is DeliveryPending or DeliveryFailed (which includes replays).
	State         DeliveryState
	Limit, Offset int
	// Bare leaves the events' payloads out.
	Bare bool
}

// OutboxStats are the outbox's figures.
type OutboxStats struct {
	Events int64
	// Bytes is what events and dead letters take, about.
	Bytes int64
	// Oldest is the oldest event's time; zero in an empty outbox.
	Oldest      time.Time
	DeadLetters int64
	// Pending counts events not yet settled by webhook.
	Pending map[string]int64
}
