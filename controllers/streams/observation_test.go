package streams

import (
	"testing"
	"time"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
)

func TestSignificant(t *testing.T) {
	base := func() runtimev1.Status {
		run := time.Date(2026, 1, 1, 3, 0, 0, 0, time.UTC)
		return runtimev1.Status{
			Phase: runtimev1.PhaseWorking, Reason: runtimev1.ReasonConnected, ConfigHash: "abc", RetryAt: &run,
			Me: &runtimev1.Me{ID: "1@c.us"}, Archive: &runtimev1.ArchiveStatus{LastRunTime: &run, Archived: 2},
			Chats: runtimev1.ChatCounts{Total: 10}, History: runtimev1.HistoryStatus{Pending: 2},
			UnknownGroups: []string{"1@g.us"},
		}
	}
	later := time.Date(2026, 1, 2, 3, 0, 0, 0, time.UTC)
	cases := []struct {
		name   string
		change func(*runtimev1.Status)
		want   bool
	}{
		{"nothing", func(*runtimev1.Status) {}, false},
		{"the same moment elsewhere", func(s *runtimev1.Status) {
			there := s.RetryAt.In(time.FixedZone("there", 3600))
			s.RetryAt = &there
		}, false},
		{"chats", func(s *runtimev1.Status) { s.Chats = runtimev1.ChatCounts{Total: 11, Archived: 1, Unread: 5} }, false},
		{"history on its way", func(s *runtimev1.Status) { s.History = runtimev1.HistoryStatus{Pending: 1, Imported: 1} }, false},
		{"history done", func(s *runtimev1.Status) { s.History = runtimev1.HistoryStatus{Imported: 2} }, true},
		{"phase", func(s *runtimev1.Status) { s.Phase = runtimev1.PhaseFailed }, true},
		{"reason", func(s *runtimev1.Status) { s.Reason = runtimev1.ReasonLoggedOut }, true},
		{"message", func(s *runtimev1.Status) { s.Message = "x" }, true},
		{"version", func(s *runtimev1.Status) { s.RuntimeVersion = "v2" }, true},
		{"configuration", func(s *runtimev1.Status) { s.ConfigHash = "def" }, true},
		{"configuration error", func(s *runtimev1.Status) { s.ConfigError = "x" }, true},
		{"pairing", func(s *runtimev1.Status) { s.Paired = true }, true},
		{"name", func(s *runtimev1.Status) { s.Me = &runtimev1.Me{ID: "1@c.us", PushName: "x"} }, true},
		{"a full volume", func(s *runtimev1.Status) { s.Storage = &runtimev1.StorageStatus{Full: true} }, true},
		{"a volume with room", func(s *runtimev1.Status) { s.Storage = &runtimev1.StorageStatus{} }, false},
		{"no account", func(s *runtimev1.Status) { s.Me = nil }, true},
		{"retry", func(s *runtimev1.Status) { s.RetryAt = &later }, true},
		{"archive run", func(s *runtimev1.Status) { s.Archive = &runtimev1.ArchiveStatus{LastRunTime: &later, Archived: 2} }, true},
		{"archive counts", func(s *runtimev1.Status) { s.Archive.Archived = 3 }, true},
		{"next run", func(s *runtimev1.Status) { s.Archive.NextRunTime = &later }, true},
		{"no archive", func(s *runtimev1.Status) { s.Archive = nil }, true},
		{"groups", func(s *runtimev1.Status) { s.UnknownGroups = nil }, true},
		{"other groups", func(s *runtimev1.Status) { s.UnknownGroups = []string{"2@g.us"} }, true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			before, after := base(), base()
			c.change(&after)
			if got := significant(&before, &after); got != c.want {
				t.Errorf("significant = %v, want %v", got, c.want)
			}
		})
	}
	first := base()
	if !significant(nil, &first) || significant(nil, nil) {
		t.Error("the first status is significant, and the absence of one is not")
	}
}
