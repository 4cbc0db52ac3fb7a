package streams

import (
	"slices"
	"time"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
)

// Observation is what a session's stream has shown.
type Observation struct {
	// PodUID is the UID of the followed pod. An observation of another pod says
	// nothing about the current one.
	PodUID string
	// Since is when the stream entered its current state: when the pod was first
	// followed, when the first attempt to open the stream failed, when it was lost,
	// or when it opened.
	Since time.Time
	// Open: the stream is open and has delivered a status.
	Open bool
	// Tried: the first attempt to open the stream has ended. Until then the pod is
	// not to blame: an operator that has just started has thousands to open.
	Tried bool
	// Refused: the pod rejects the operator's token.
	Refused bool
	// Status is the pod's last report, even if the stream was lost since; nil
	// before the first report.
	Status *runtimev1.Status
}

// significant reports whether two statuses differ in more than counters.
func significant(before, after *runtimev1.Status) bool {
	if before == nil || after == nil {
		return before != after
	}
	return essence(before) != essence(after) ||
		!sameArchive(before.Archive, after.Archive) ||
		!slices.Equal(before.UnknownGroups, after.UnknownGroups) ||
		// Users wait for the start and the end of the history import.
		(before.History.Pending == 0) != (after.History.Pending == 0)
}

// essential is the comparable part of a status.
type essential struct {
	phase                                                           runtimev1.Phase
	reason                                                          runtimev1.Reason
	message, runtimeVersion, configHash, configError, keysError, me string
	paired, simulated, full                                         bool
	retryAt, crashedAt                                              time.Time
}

func essence(s *runtimev1.Status) essential {
	e := essential{
		phase: s.Phase, reason: s.Reason, message: s.Message,
		runtimeVersion: s.RuntimeVersion, configHash: s.ConfigHash, configError: s.ConfigError, keysError: s.KeysError,
		paired: s.Paired, simulated: s.Simulated, full: s.Storage != nil && s.Storage.Full,
	}
	if s.Me != nil {
		e.me = s.Me.ID + "\x00" + s.Me.LID + "\x00" + s.Me.PushName
	}
	if s.RetryAt != nil {
		e.retryAt = s.RetryAt.UTC()
	}
	if s.CrashedAt != nil {
		e.crashedAt = s.CrashedAt.UTC()
	}
	return e
}

func sameArchive(a, b *runtimev1.ArchiveStatus) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.LastRequestID == b.LastRequestID && a.LastResult == b.LastResult && a.LastMessage == b.LastMessage &&
		a.Archived == b.Archived && a.Candidates == b.Candidates && a.Left == b.Left &&
		sameMoment(a.LastRunTime, b.LastRunTime) && sameMoment(a.NextRunTime, b.NextRunTime)
}

func sameMoment(a, b *time.Time) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Equal(*b)
}
