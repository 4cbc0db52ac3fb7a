package httpapi

import (
	"context"
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
)

// Reader is what the API reads from: the store, never WhatsApp. Reads work
// while the session is disconnected.
type Reader interface {
	// Chats returns a page of chats.
	Chats(ctx context.Context, q chat.ChatQuery) ([]chat.Chat, error)
	// Chat returns one chat by any of its ids; ErrNotFound.
	Chat(ctx context.Context, id chat.ID) (chat.Chat, error)
	// Messages returns a page of messages.
	Messages(ctx context.Context, q chat.MessageQuery) ([]chat.Message, error)
	// MessagePage reads a page of messages piece by piece.
	MessagePage(q chat.MessageQuery) chat.Pager[chat.Message]
	// Message finds a message by its stanza id in a chat (any id of the chat;
	// empty: any chat); ErrNotFound.
	Message(ctx context.Context, chatID chat.ID, stanza string) (chat.Message, error)
	// MessageByID finds a message by its full id; ErrNotFound.
	MessageByID(ctx context.Context, id chat.MessageID) (chat.Message, error)
	// MessageByDigest finds a message whose stanza id is not plain by the id's
	// chat.StanzaDigest and the rest of its id; ErrNotFound.
	MessageByDigest(ctx context.Context, id chat.MessageID, digest string) (chat.Message, error)
	// UnreadMessages are the newest messages of others in a chat that are not
	// read, newest first, none older than since (unix seconds).
	UnreadMessages(ctx context.Context, id chat.ID, since int64, limit int) ([]chat.Message, error)
	// Picture is the cached picture of a chat; ErrNotFound before one was saved.
	Picture(ctx context.Context, id chat.ID) (chat.Picture, error)
	// Counts counts the chats.
	Counts(ctx context.Context) (chat.Counts, error)
	People
}

// Session is the live side: pairing, and what needs WhatsApp. Calls that need
// WhatsApp wait a few seconds for the session to be WORKING and fail with
// ErrNotConnected otherwise. What they change is in the store, and its events in
// the outbox, when they return.
type Session interface {
	// Status is the present status.
	Status() v1.Status
	// Statuses are the last changes of Phase, oldest first.
	Statuses() []chat.PhaseChange
	// Watch returns a channel that is closed at the next change of status.
	Watch() <-chan struct{}
	// QR is the code to scan now; ErrNotPairing outside SCAN_QR_CODE.
	QR(ctx context.Context) (string, error)
	// RequestCode asks for a pairing code ("ABCD-ABCD") for a number in digits;
	// ErrNotPairing outside SCAN_QR_CODE.
	RequestCode(ctx context.Context, phoneNumber string) (string, error)
	// Start, Stop and Restart connect and disconnect; Logout unlinks.
	Start(ctx context.Context) error
	Stop(ctx context.Context) error
	Restart(ctx context.Context) error
	Logout(ctx context.Context) error

	ArchiveChat(ctx context.Context, id chat.ID, archived bool) error
	MarkChatUnread(ctx context.Context, id chat.ID) error
	DeleteChat(ctx context.Context, id chat.ID) error
	ClearChat(ctx context.Context, id chat.ID) error
	// MarkRead sends read receipts for the messages and marks the chat read.
	MarkRead(ctx context.Context, id chat.ID, messages []chat.Message) error
	// PinMessage pins for a duration; 0 unpins.
	PinMessage(ctx context.Context, m chat.Message, d time.Duration) error
	// EditMessage replaces text or caption; ErrTooLate after WhatsApp's window.
	EditMessage(ctx context.Context, m chat.Message, text string, mentions []chat.ID) (chat.Message, error)
	// RevokeMessage deletes for everyone.
	RevokeMessage(ctx context.Context, m chat.Message) (chat.Message, error)
	// Picture asks WhatsApp for a chat's picture and remembers it; an empty
	// URL means that there is none.
	Picture(ctx context.Context, id chat.ID) (chat.Picture, error)
	Sender
}
