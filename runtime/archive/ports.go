package archive

import (
	"context"
	"iter"
	"time"

	"github.com/wasession/wasession/runtime/chat"
)

// Chats is where the engine reads chats.
type Chats interface {
	// AllChats iterates over all chats, in any order.
	AllChats(ctx context.Context) iter.Seq2[chat.Chat, error]
	// Chat returns one chat; an error makes a run skip it.
	Chat(ctx context.Context, id chat.ID) (chat.Chat, error)
}

// Journal stores runs, so that they survive the process.
type Journal interface {
	// BeginArchiveRun stores a run and its plan.
	BeginArchiveRun(ctx context.Context, run chat.ArchiveRun, items []chat.ArchiveItem) error
	// PendingArchiveItems returns the items of a run that are not settled yet, in order.
	PendingArchiveItems(ctx context.Context, runID string) ([]chat.ArchiveItem, error)
	// SettleArchiveItems marks items of a run as done or skipped, and updates the run's
	// counts in the same transaction.
	SettleArchiveItems(ctx context.Context, runID string, items []chat.ArchiveItem, done bool) error
	// FinishArchiveRun stores a run's result, also of a run that could not start.
	FinishArchiveRun(ctx context.Context, run chat.ArchiveRun) error
	// ArchiveRuns returns at most limit runs, newest first.
	ArchiveRuns(ctx context.Context, limit int) ([]chat.ArchiveRun, error)
	// ArchiveSchedule returns the schedule last used and the time from which its next run
	// is computed; ok is false if there was none.
	ArchiveSchedule(ctx context.Context) (spec string, since time.Time, ok bool, err error)
	// SaveArchiveSchedule replaces what ArchiveSchedule returns.
	SaveArchiveSchedule(ctx context.Context, spec string, since time.Time) error
}

// Account changes chats and groups on WhatsApp. Changes are in the store when a call
// returns.
type Account interface {
	// AwaitConnected returns once the session is connected, or ctx ends.
	AwaitConnected(ctx context.Context) error
	// RefreshChats fetches chat states that were changed elsewhere, or by this runtime
	// just before it was killed.
	RefreshChats(ctx context.Context) error
	// ArchiveChats archives the chats of items with one app state patch.
	ArchiveChats(ctx context.Context, items []chat.ArchiveItem) error
	// JoinedGroups returns the groups that the account is in.
	JoinedGroups(ctx context.Context) ([]chat.Group, error)
	LeaveGroup(ctx context.Context, id chat.ID) error
}
