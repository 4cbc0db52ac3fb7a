package archive

import (
	"context"
	"iter"
	"time"

	"github.com/wasession/wasession/runtime/chat"
)

// Chats is what the engine reads.
type Chats interface {
	// AllChats goes through all chats, a few at a time, in any order.
	AllChats(ctx context.Context) iter.Seq2[chat.Chat, error]
	// Chat returns one chat; any error skips it in a run.
	Chat(ctx context.Context, id chat.ID) (chat.Chat, error)
}

// Journal is where runs are written down, so that they survive the process.
type Journal interface {
	// BeginArchiveRun writes a run and what it is going to do.
	BeginArchiveRun(ctx context.Context, run chat.ArchiveRun, items []chat.ArchiveItem) error
	// PendingArchiveItems are the items of a run not yet settled, in order.
	PendingArchiveItems(ctx context.Context, runID string) ([]chat.ArchiveItem, error)
	// SettleArchiveItems marks items of a run as done, or as skipped. What is
	// done is added to the run's counts in the same transaction.
	SettleArchiveItems(ctx context.Context, runID string, items []chat.ArchiveItem, done bool) error
	// FinishArchiveRun writes a run's outcome, also of a run that could not be
	// begun.
	FinishArchiveRun(ctx context.Context, run chat.ArchiveRun) error
	// ArchiveRuns are the newest runs first, at most limit.
	ArchiveRuns(ctx context.Context, limit int) ([]chat.ArchiveRun, error)
	// ArchiveSchedule is the schedule last followed and the time from which
	// its next run counts; ok is false before any was.
	ArchiveSchedule(ctx context.Context) (spec string, since time.Time, ok bool, err error)
	// SaveArchiveSchedule replaces what ArchiveSchedule returns.
	SaveArchiveSchedule(ctx context.Context, spec string, since time.Time) error
}

// Account is what the engine does to WhatsApp. What it changes is in the store
// when a call returns.
type Account interface {
	// AwaitConnected returns once the session is connected, or ctx ends.
	AwaitConnected(ctx context.Context) error
	// RefreshChats brings the store up to date with chat states that were
	// changed elsewhere, or by this runtime just before it was killed.
	RefreshChats(ctx context.Context) error
	// ArchiveChats archives the chats of items with one change of the account.
	ArchiveChats(ctx context.Context, items []chat.ArchiveItem) error
	// JoinedGroups are the groups that the account is in.
	JoinedGroups(ctx context.Context) ([]chat.Group, error)
	LeaveGroup(ctx context.Context, id chat.ID) error
}
