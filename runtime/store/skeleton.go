package store

import (
	"context"
	"errors"
	"iter"
	"log/slog"
	"time"

	"github.com/wasession/wasession/runtime/chat"
)

var errSkeleton = errors.New("not there yet")

// Options say how a store works. All fields are optional.
type Options struct {
	// Encode gives an event's payload as JSON. It runs inside the transaction,
	// so an error undoes the whole Apply. Without it no events are written.
	Encode func(chat.Event) (payload []byte, err error)
	// Wanted says which events are written to the outbox, by name. The default
	// is all but engine.event.
	Wanted func(event string) bool
	// Now is the clock; the default is time.Now.
	Now    func() time.Time
	Logger *slog.Logger
	// OnCommit is called after each Apply that wrote events. It must not block.
	OnCommit func()
}

// Store is a session's database.
type Store struct{}

// Open opens the database at path and brings its schema up to date. Errors are
// ErrDamaged, ErrNewer or ErrNotDatabase where they apply.
func Open(ctx context.Context, path string, opts Options) (*Store, error) { return nil, errSkeleton }

// Close commits what is under way and closes the database.
func (s *Store) Close() error { return errSkeleton }

// Apply writes changes and the events that follow from them, all or nothing.
// What is there already stays as it is and raises no second event.
func (s *Store) Apply(ctx context.Context, changes ...chat.Change) error { return errSkeleton }

// Import writes a batch of history. It raises no events; rows that exist stay,
// so it can be repeated. A batch is one transaction: a few thousand messages
// are a good size.
func (s *Store) Import(ctx context.Context, batch []chat.HistoryChat) error { return errSkeleton }

// ImportDone gives back the memory and disk space that importing took.
func (s *Store) ImportDone(ctx context.Context) error { return errSkeleton }

// NextHistoryJob is the oldest part of the history that is due; chat.ErrNotFound
// when there is none. It stays due until finished.
func (s *Store) NextHistoryJob(ctx context.Context) (chat.HistoryJob, error) {
	return chat.HistoryJob{}, errSkeleton
}

// SaveHistoryProgress remembers how many conversations of a job are imported.
func (s *Store) SaveHistoryProgress(ctx context.Context, id int64, progress int) error {
	return errSkeleton
}

// FinishHistoryJob marks a job as imported.
func (s *Store) FinishHistoryJob(ctx context.Context, id int64) error { return errSkeleton }

// FailHistoryJob counts a failed attempt. The job is due again at retryAt; a
// zero retryAt gives it up.
func (s *Store) FailHistoryJob(ctx context.Context, id int64, reason string, retryAt time.Time) error {
	return errSkeleton
}

// HistoryCounts counts the parts of the history.
func (s *Store) HistoryCounts(ctx context.Context) (chat.HistoryCounts, error) {
	return chat.HistoryCounts{}, errSkeleton
}

// Chats returns a page of chats.
func (s *Store) Chats(ctx context.Context, q chat.ChatQuery) ([]chat.Chat, error) {
	return nil, errSkeleton
}

// AllChats goes through all chats with their last messages, read in pieces, in
// no order to rely on.
func (s *Store) AllChats(ctx context.Context) iter.Seq2[chat.Chat, error] { return nil }

// Chat returns one chat, with its last message, by any of its ids; chat.ErrNotFound.
func (s *Store) Chat(ctx context.Context, id chat.ID) (chat.Chat, error) {
	return chat.Chat{}, errSkeleton
}

// Messages returns a page of messages.
func (s *Store) Messages(ctx context.Context, q chat.MessageQuery) ([]chat.Message, error) {
	return nil, errSkeleton
}

// Message finds a message by its stanza id in a chat, which can be any of the
// chat's ids, or empty for any chat; chat.ErrNotFound. Where several senders
// used one id it is the oldest.
func (s *Store) Message(ctx context.Context, chatID chat.ID, stanza string) (chat.Message, error) {
	return chat.Message{}, errSkeleton
}

// MessageByID finds a message by its full id; chat.ErrNotFound.
func (s *Store) MessageByID(ctx context.Context, id chat.MessageID) (chat.Message, error) {
	return chat.Message{}, errSkeleton
}

// UnreadMessages are the newest messages of others in a chat, newest first:
// what reading the chat would acknowledge.
func (s *Store) UnreadMessages(ctx context.Context, id chat.ID, since int64, limit int) ([]chat.Message, error) {
	return nil, errSkeleton
}

// Counts counts the chats.
func (s *Store) Counts(ctx context.Context) (chat.Counts, error) { return chat.Counts{}, errSkeleton }

// Contacts returns a page of the people known.
func (s *Store) Contacts(ctx context.Context, q chat.ListQuery) ([]chat.Contact, error) {
	return nil, errSkeleton
}

// Contact returns one person by any of their ids; chat.ErrNotFound.
func (s *Store) Contact(ctx context.Context, id chat.ID) (chat.Contact, error) {
	return chat.Contact{}, errSkeleton
}

// Groups returns a page of groups with their participants.
func (s *Store) Groups(ctx context.Context, q chat.ListQuery) ([]chat.Group, error) {
	return nil, errSkeleton
}

// Group returns one group with its participants; chat.ErrNotFound.
func (s *Store) Group(ctx context.Context, id chat.ID) (chat.Group, error) {
	return chat.Group{}, errSkeleton
}

// LIDs returns a page of the known pairs of LID and phone number.
func (s *Store) LIDs(ctx context.Context, q chat.ListQuery) ([]chat.LIDPair, error) {
	return nil, errSkeleton
}

// CountLIDs counts the known pairs.
func (s *Store) CountLIDs(ctx context.Context) (int, error) { return 0, errSkeleton }

// PhoneOf is the phone-number id of a LID; chat.ErrNotFound.
func (s *Store) PhoneOf(ctx context.Context, lid chat.ID) (chat.ID, error) { return "", errSkeleton }

// LIDOf is the LID of a phone-number id, the newest where there were several;
// chat.ErrNotFound.
func (s *Store) LIDOf(ctx context.Context, phone chat.ID) (chat.ID, error) { return "", errSkeleton }

// Picture is the cached picture of a chat; chat.ErrNotFound before one was saved.
func (s *Store) Picture(ctx context.Context, id chat.ID) (chat.Picture, error) {
	return chat.Picture{}, errSkeleton
}

// SavePicture remembers a chat's picture; an empty URL says that it has none.
func (s *Store) SavePicture(ctx context.Context, id chat.ID, p chat.Picture) error {
	return errSkeleton
}

// SaveMedia remembers a downloaded file; the same key is replaced.
func (s *Store) SaveMedia(ctx context.Context, f chat.MediaFile) error { return errSkeleton }

// Media finds a file by its key; chat.ErrNotFound.
func (s *Store) Media(ctx context.Context, key string) (chat.MediaFile, error) {
	return chat.MediaFile{}, errSkeleton
}

// OldestMedia are the files saved before a time (unix seconds; 0 for all),
// oldest first.
func (s *Store) OldestMedia(ctx context.Context, before int64, limit int) ([]chat.MediaFile, error) {
	return nil, errSkeleton
}

// DeleteMedia forgets files by key.
func (s *Store) DeleteMedia(ctx context.Context, keys ...string) error { return errSkeleton }

// MediaTotals sums up the files.
func (s *Store) MediaTotals(ctx context.Context) (chat.MediaTotals, error) {
	return chat.MediaTotals{}, errSkeleton
}

// BeginArchiveRun writes a run and what it is going to do.
func (s *Store) BeginArchiveRun(ctx context.Context, run chat.ArchiveRun, items []chat.ArchiveItem) error {
	return errSkeleton
}

// PendingArchiveItems are the items of a run not yet settled, in order.
func (s *Store) PendingArchiveItems(ctx context.Context, runID string) ([]chat.ArchiveItem, error) {
	return nil, errSkeleton
}

// SettleArchiveItems marks items of a run as done, or as skipped. What is done
// is added to the run's counts in the same transaction.
func (s *Store) SettleArchiveItems(ctx context.Context, runID string, items []chat.ArchiveItem, done bool) error {
	return errSkeleton
}

// FinishArchiveRun writes a run's outcome, also of a run that could not be begun.
func (s *Store) FinishArchiveRun(ctx context.Context, run chat.ArchiveRun) error { return errSkeleton }

// ArchiveRuns are the newest runs first, at most limit.
func (s *Store) ArchiveRuns(ctx context.Context, limit int) ([]chat.ArchiveRun, error) {
	return nil, errSkeleton
}

// ArchiveSchedule is what SaveArchiveSchedule last wrote; ok is false before.
func (s *Store) ArchiveSchedule(ctx context.Context) (spec string, since time.Time, ok bool, err error) {
	return "", time.Time{}, false, errSkeleton
}

// SaveArchiveSchedule replaces what ArchiveSchedule returns.
func (s *Store) SaveArchiveSchedule(ctx context.Context, spec string, since time.Time) error {
	return errSkeleton
}

// Webhook returns a webhook's cursor. A new webhook starts behind the newest
// event: it gets what happens from now on.
func (s *Store) Webhook(ctx context.Context, key string) (chat.Cursor, error) {
	return chat.Cursor{}, errSkeleton
}

// KeepWebhooks forgets all other webhooks with their dead letters.
func (s *Store) KeepWebhooks(ctx context.Context, keys []string) error { return errSkeleton }

// EventsFrom are the events after a place in the outbox, at most limit.
func (s *Store) EventsFrom(ctx context.Context, seq int64, limit int) ([]chat.StoredEvent, error) {
	return nil, errSkeleton
}

// EventsAfter are the events after the one with an id, at most limit. An id
// that has been pruned, or never was, gives those with greater ids; an empty
// one gives all.
func (s *Store) EventsAfter(ctx context.Context, id string, limit int) ([]chat.StoredEvent, error) {
	return nil, errSkeleton
}

// LastSeq is the newest event's place in the outbox; 0 before the first.
func (s *Store) LastSeq(ctx context.Context) (int64, error) { return 0, errSkeleton }

// Advance says that a webhook's events up to seq are settled.
func (s *Store) Advance(ctx context.Context, webhook string, seq int64) error { return errSkeleton }

// Retry writes down a failed attempt, or that an attempt begins (with its
// request id): everything of the cursor but Seq, which must be unchanged.
func (s *Store) Retry(ctx context.Context, c chat.Cursor) error { return errSkeleton }

// Deadletter gives up the event seq for a webhook, with the cursor's attempts,
// request id and error, and advances past it, in one transaction.
func (s *Store) Deadletter(ctx context.Context, c chat.Cursor, seq int64) error { return errSkeleton }

// Deliveries returns a page of what is pending or failed.
func (s *Store) Deliveries(ctx context.Context, q chat.DeliveryQuery) ([]chat.Delivery, error) {
	return nil, errSkeleton
}

// Replay asks for dead letters to be sent again, all of the webhook's (or of
// every webhook, if empty) when no ids are named. It returns how many.
func (s *Store) Replay(ctx context.Context, webhook string, ids ...int64) (int, error) {
	return 0, errSkeleton
}

// Replays are a webhook's dead letters that are to be sent again, oldest first.
func (s *Store) Replays(ctx context.Context, webhook string, limit int) ([]chat.Delivery, error) {
	return nil, errSkeleton
}

// SettleReplay removes a replayed dead letter that was delivered, or, with an
// error text, puts it back among the failed with one more attempt.
func (s *Store) SettleReplay(ctx context.Context, id int64, failure string) error {
	return errSkeleton
}

// Prune removes settled events older than retention, and the oldest events of
// all while more than max remain (0: no bound). It returns how many events were
// removed before some webhook had settled them.
func (s *Store) Prune(ctx context.Context, retention time.Duration, max int64) (lost int64, err error) {
	return 0, errSkeleton
}

// OutboxStats returns the outbox's figures.
func (s *Store) OutboxStats(ctx context.Context) (chat.OutboxStats, error) {
	return chat.OutboxStats{}, errSkeleton
}

// Stats returns the sizes of the database's files.
func (s *Store) Stats() chat.StoreStats { return chat.StoreStats{} }

// Maintain does what a quiet moment is good for: a checkpoint that empties the
// WAL, statistics for the planner, memory given back.
func (s *Store) Maintain(ctx context.Context) error { return errSkeleton }
