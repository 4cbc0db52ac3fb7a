package store

import (
	"errors"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/wasession/wasession/runtime/chat"
)

func TestHistoryJobsWaitUntilTheyAreDone(t *testing.T) {
	c := newClock()
	s := open(t, Options{Now: c.now})
	next := func() chat.HistoryJob { t.Helper(); return must(s.NextHistoryJob(t.Context()))(t) }
	apply(t, s, chat.HistoryAnnounced{Stanza: "H1", Notice: []byte("one")}, chat.HistoryAnnounced{Stanza: "H2", Notice: []byte("two")},
		chat.HistoryAnnounced{Stanza: "H1", Notice: []byte("again")}, chat.HistoryAnnounced{Stanza: "H3"})
	job := next()
	if job.Stanza != "H1" || string(job.Notice) != "one" {
		t.Fatalf("job is %+v", job)
	}
	if err := s.SaveHistoryProgress(t.Context(), job.ID, 40); err != nil {
		t.Fatal(err)
	}
	if err := s.FailHistoryJob(t.Context(), job.ID, "no network", c.now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	second := next()
	if second.Stanza != "H2" {
		t.Fatalf("job is %+v", second)
	}
	if err := s.FinishHistoryJob(t.Context(), second.ID); err != nil {
		t.Fatal(err)
	}
	if err := s.FailHistoryJob(t.Context(), next().ID, "gone", time.Time{}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.NextHistoryJob(t.Context()); !errors.Is(err, chat.ErrNotFound) {
		t.Errorf("error is %v", err)
	}
	c.advance(time.Hour)
	if job := next(); job.Stanza != "H1" || job.Progress != 40 || job.Attempts != 1 || job.LastError != "no network" {
		t.Errorf("job is %+v", job)
	}
	if got := must(s.HistoryCounts(t.Context()))(t); got != (chat.HistoryCounts{Pending: 1, Imported: 1, Failed: 1}) {
		t.Errorf("counts %+v", got)
	}
	if err := s.FinishHistoryJob(t.Context(), 999); !errors.Is(err, chat.ErrNotFound) {
		t.Errorf("error is %v", err)
	}
}

func TestArchiveRunsSurviveTheProcess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "chats.db")
	s := reopen(t, path, Options{})
	run := chat.ArchiveRun{ID: "01A", Trigger: chat.TriggerRequest, RequestID: "r1", StartedAt: time.UnixMilli(1_800_000_000_123), Candidates: 3}
	items := []chat.ArchiveItem{{Chat: bob, Name: "Bob", Policy: "zombies", LastActivity: 5}, {Chat: alice, Policy: "zombies"}, {Chat: team, Leave: true}}
	if err := s.BeginArchiveRun(t.Context(), run, items); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time as after a crash
		if err := s.SettleArchiveItems(t.Context(), "01A", items[:1], true); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = reopen(t, path, Options{})
	if got := must(s.PendingArchiveItems(t.Context(), "01A"))(t); !slices.Equal(got, items[1:]) {
		t.Errorf("pending %+v", got)
	}
	got := must(s.ArchiveRuns(t.Context(), 10))(t)
	if len(got) != 1 || got[0].Archived != 1 || !got[0].FinishedAt.IsZero() || !got[0].StartedAt.Equal(run.StartedAt) || got[0].RequestID != "r1" {
		t.Errorf("runs %+v", got)
	}
	if err := errors.Join(s.SettleArchiveItems(t.Context(), "01A", items[1:2], false), s.SettleArchiveItems(t.Context(), "01A", items[2:], true)); err != nil {
		t.Fatal(err)
	}
	run.Result, run.Message, run.FinishedAt = "Succeeded", "done", run.StartedAt.Add(time.Second)
	failed := chat.ArchiveRun{ID: "01B", Trigger: chat.TriggerSchedule, DryRun: true, StartedAt: run.StartedAt, FinishedAt: run.FinishedAt, Result: "Failed"}
	if err := errors.Join(s.FinishArchiveRun(t.Context(), run), s.FinishArchiveRun(t.Context(), failed)); err != nil {
		t.Fatal(err)
	}
	got = must(s.ArchiveRuns(t.Context(), 1))(t)
	if len(got) != 1 || got[0].ID != "01B" || !got[0].DryRun {
		t.Errorf("newest %+v", got)
	}
	got = must(s.ArchiveRuns(t.Context(), 0))(t)
	if len(got) != 2 || got[1].Archived != 1 || got[1].Left != 1 || got[1].Result != "Succeeded" || got[1].FinishedAt.IsZero() {
		t.Errorf("runs %+v", got)
	}
}

func TestTheScheduleIsRemembered(t *testing.T) {
	s := open(t, Options{})
	if _, _, ok, err := s.ArchiveSchedule(t.Context()); ok || err != nil {
		t.Errorf("before: %v, %v", ok, err)
	}
	at := time.UnixMilli(1_800_000_000_123)
	for _, spec := range []string{"0 3 * * *", "@daily Europe/Berlin"} {
		if err := s.SaveArchiveSchedule(t.Context(), spec, at); err != nil {
			t.Fatal(err)
		}
		got, since, ok, err := s.ArchiveSchedule(t.Context())
		if got != spec || !since.Equal(at) || !ok || err != nil {
			t.Errorf("%q since %v, %v, %v", got, since, ok, err)
		}
	}
}

func TestAllChatsComeOnceInPieces(t *testing.T) {
	s := open(t, Options{})
	var batch []chat.HistoryChat
	for i := range allChatsChunk + 20 {
		batch = append(batch, history(i, 1, randomSource()))
	}
	importAll(t, s, batch...)
	seen := map[chat.ID]bool{}
	for c, err := range s.AllChats(t.Context()) {
		if err != nil || seen[c.ID] || c.LastMessage == nil {
			t.Fatalf("%+v, %v", c, err)
		}
		seen[c.ID] = true
	}
	if len(seen) != len(batch) {
		t.Errorf("%d chats of %d", len(seen), len(batch))
	}
	for _, err := range s.AllChats(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		break // a caller may stop early
	}
	counts := must(s.Counts(t.Context()))(t)
	if counts != (chat.Counts{Total: 520, Archived: 52, Unread: 346}) {
		t.Errorf("counts %+v", counts)
	}
}

func TestFilesByAge(t *testing.T) {
	s := open(t, Options{})
	for i, key := range []string{"c", "a", "b"} {
		if err := s.SaveMedia(t.Context(), chat.MediaFile{Key: key, Path: key + ".jpg", MIMEType: "image/jpeg", Size: 10, At: int64(100 - i)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.SaveMedia(t.Context(), chat.MediaFile{Key: "a", Path: "a.png", Bucket: "b", Size: 30, At: 200}); err != nil {
		t.Fatal(err)
	}
	keys := func(before int64, limit int) (all []string) {
		for _, f := range must(s.OldestMedia(t.Context(), before, limit))(t) {
			all = append(all, f.Key)
		}
		return all
	}
	if got := keys(0, 2); !slices.Equal(got, []string{"b", "c"}) {
		t.Errorf("oldest %v", got)
	}
	if got := keys(100, 0); !slices.Equal(got, []string{"b"}) {
		t.Errorf("before 100: %v", got)
	}
	if got := must(s.Media(t.Context(), "a"))(t); got != (chat.MediaFile{Key: "a", Path: "a.png", Bucket: "b", Size: 30, At: 200}) {
		t.Errorf("file %+v", got)
	}
	if err := s.DeleteMedia(t.Context(), "b", "nothing"); err != nil {
		t.Fatal(err)
	}
	if got := must(s.MediaTotals(t.Context()))(t); got != (chat.MediaTotals{Files: 2, Bytes: 40}) {
		t.Errorf("totals %+v", got)
	}
	if _, err := s.Media(t.Context(), "b"); !errors.Is(err, chat.ErrNotFound) {
		t.Errorf("error is %v", err)
	}
}

func TestMaintenanceForgetsOldStanzasAndEmptiesTheWAL(t *testing.T) {
	c := newClock()
	s := open(t, Options{Now: c.now})
	apply(t, s, received(alice, "A1", 100), chat.DeletedForMe{Chat: alice, Stanza: "A1"})
	if s.Stats().WAL == 0 {
		t.Error("no WAL before")
	}
	count := func() (n int) {
		if err := s.readers.QueryRow(`SELECT count(*) FROM seen`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	for _, want := range []int{1, 0} {
		if err := s.Maintain(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := count(); n != want {
			t.Errorf("%d stanzas remembered, want %d", n, want)
		}
		c.advance(2 * seenFor * time.Second)
	}
	if stats := s.Stats(); stats.WAL != 0 || stats.Database == 0 {
		t.Errorf("stats %+v", stats)
	}
}
