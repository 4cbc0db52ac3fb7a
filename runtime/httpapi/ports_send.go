package httpapi

import (
	"context"

	"github.com/wasession/wasession/runtime/chat"
)

// People is what the store knows of people and groups.
type People interface {
	// Contacts returns a page of the people of whom a name is known.
	Contacts(ctx context.Context, q chat.ListQuery) ([]chat.Contact, error)
	// Contact returns a person by any of their ids; ErrNotFound where no name
	// is known.
	Contact(ctx context.Context, id chat.ID) (chat.Contact, error)
	// Groups returns a page of groups with their participants.
	Groups(ctx context.Context, q chat.ListQuery) ([]chat.Group, error)
	// Group returns one group; ErrNotFound.
	Group(ctx context.Context, id chat.ID) (chat.Group, error)
	// CountGroups counts them.
	CountGroups(ctx context.Context) (int, error)
	// LIDs returns a page of the known pairs of LID and phone number.
	LIDs(ctx context.Context, q chat.ListQuery) ([]chat.LIDPair, error)
	// CountLIDs counts them.
	CountLIDs(ctx context.Context) (int, error)
	// PhoneOf is the number of a LID, LIDOf the LID of a number; ErrNotFound.
	PhoneOf(ctx context.Context, lid chat.ID) (chat.ID, error)
	LIDOf(ctx context.Context, phone chat.ID) (chat.ID, error)
}

// Sender is what a session sends and asks. Every call waits a few seconds for
// WORKING and fails with ErrNotConnected otherwise.
type Sender interface {
	// NewMessageID makes an id for a message to be sent.
	NewMessageID() string
	// Send sends a message that is in the store, PENDING, before it leaves.
	// ErrUnanswered comes with the message: it may have left.
	Send(ctx context.Context, o chat.Outgoing) (chat.Message, error)
	// React sets the account's reaction to a message; empty takes it back.
	React(ctx context.Context, m chat.Message, text string) (chat.Message, error)
	Star(ctx context.Context, m chat.Message, starred bool) error
	// Show tells a chat what the account's person is doing there.
	Show(ctx context.Context, id chat.ID, doing chat.Doing) error
	SetOnline(ctx context.Context, online bool) error
	// Lookup asks whether a number (digits) has an account; empty says no.
	Lookup(ctx context.Context, number string) (chat.ID, error)
	// About asks for a person's own words about themselves.
	About(ctx context.Context, id chat.ID) (string, error)
	Block(ctx context.Context, id chat.ID, blocked bool) error
	// RefreshGroups reads all groups anew; LeaveGroup leaves one.
	RefreshGroups(ctx context.Context) error
	LeaveGroup(ctx context.Context, id chat.ID) error
}

// Journal remembers requests to send by the keys that clients gave them.
type Journal interface {
	// ClaimSend takes a key. isNew is false where it is taken already: have is
	// then what is known of the request that took it.
	ClaimSend(ctx context.Context, want chat.SendKey) (have chat.SendKey, isNew bool, err error)
	AnswerSend(ctx context.Context, key string, status int, answer []byte) error
	ReleaseSend(ctx context.Context, key string) error
}

// Outbox is what is known of the delivery of events to webhooks.
type Outbox interface {
	Deliveries(ctx context.Context, q chat.DeliveryQuery) ([]chat.Delivery, error)
	// Replay asks for dead letters to be sent again and says how many: those
	// with the ids, or all; of one webhook, or of every one (empty).
	Replay(ctx context.Context, webhook string, ids ...int64) (int, error)
}
