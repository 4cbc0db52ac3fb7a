package chat

import "time"

// ArchiveRun is one run of the archive policies, as the store keeps it.
type ArchiveRun struct {
	// ID is the run's own id, a ULID: newer runs sort after older ones.
	ID string
	// Trigger says what started it.
	Trigger ArchiveTrigger
	// RequestID is the id of the request that asked for it; empty otherwise.
	RequestID string
	DryRun    bool
	StartedAt time.Time
	// FinishedAt is zero while the run is in progress.
	FinishedAt time.Time
	// Result is Succeeded, Failed or DryRun; empty while in progress.
	Result string
	// Message is a sentence about the run, for people.
	Message string
	// Candidates counts what matched, Archived the chats archived and Left the
	// groups left.
	Candidates, Archived, Left int
}

// ArchiveTrigger says what started a run.
type ArchiveTrigger string

// What starts runs.
const (
	TriggerSchedule ArchiveTrigger = "schedule"
	TriggerRequest  ArchiveTrigger = "request"
)

// ArchiveItem is one thing that a run does: archive a chat, or leave a group.
type ArchiveItem struct {
	Chat ID
	Name string
	// Policy is the name of the policy that asks for it; empty for a group
	// that is left because it is not on the list.
	Policy string
	// Leave says that the group is left instead of archived.
	Leave bool
	// LastActivity is unix seconds, 0 where unknown.
	LastActivity int64
}
