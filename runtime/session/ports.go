package session

import (
	"context"
	"time"

	"github.com/wasession/wasession/runtime/chat"
)

// Store is where a session stores its data.
type Store interface {
	Apply(ctx context.Context, changes ...chat.Change) error
	Chat(ctx context.Context, id chat.ID) (chat.Chat, error)
	Message(ctx context.Context, chatID chat.ID, stanza string) (chat.Message, error)
	Counts(ctx context.Context) (chat.Counts, error)
	Picture(ctx context.Context, id chat.ID) (chat.Picture, error)
	SavePicture(ctx context.Context, id chat.ID, p chat.Picture) error
	// PhoneOf returns the phone-number ID of a LID, and LIDOf the other way round, or
	// chat.ErrNotFound.
	PhoneOf(ctx context.Context, lid chat.ID) (chat.ID, error)
	LIDOf(ctx context.Context, phone chat.ID) (chat.ID, error)
	// NextLabelID returns an ID that no label has or had.
	NextLabelID(ctx context.Context) (string, error)
	// AppStateBehind reports whether the store lacks parts of the app state that an
	// earlier version did not read, until CaughtUpAppState is called.
	AppStateBehind(ctx context.Context) (bool, error)
	CaughtUpAppState(ctx context.Context) error

	// NoteLinked stores when the account was linked, if it is for the first time.
	NoteLinked(ctx context.Context, at time.Time) error
	// Sending returns what decides when messages may be sent; without limits only those
	// that wait. Destination returns the chat of a message as Sending names it, and
	// whether it is new.
	Sending(ctx context.Context, limits bool) (chat.Sending, error)
	Destination(ctx context.Context, id chat.ID) (to chat.ID, isNew bool, err error)
	NoteSent(ctx context.Context, sent chat.Sent) error
	// BeginSend says that a message that waits is handed to WhatsApp now; TakeBackSend
	// that it did not leave. CancelSend and CancelSends remove those that wait.
	BeginSend(ctx context.Context, w chat.Waiting, now, retryAt time.Time, count bool) error
	TakeBackSend(ctx context.Context, id chat.MessageID) error
	CancelSend(ctx context.Context, id chat.ID, stanza string) error
	CancelSends(ctx context.Context) (int, error)
	IsWaiting(ctx context.Context, stanza string) (bool, error)
	// SetSendingBack ends what Sending.Ahead reports.
	SetSendingBack(ctx context.Context, now, retryAt time.Time) error

	Import(ctx context.Context, batch []chat.HistoryChat) error
	ImportDone(ctx context.Context) error
	NextHistoryJob(ctx context.Context) (chat.HistoryJob, error)
	SaveHistoryProgress(ctx context.Context, id int64, progress int) error
	FinishHistoryJob(ctx context.Context, id int64) error
	FailHistoryJob(ctx context.Context, id int64, reason string, retryAt time.Time) error
	HistoryCounts(ctx context.Context) (chat.HistoryCounts, error)
}
