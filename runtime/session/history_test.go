package session_test

import (
	"context"
	"net/http"
	"slices"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/session"
	"github.com/wasession/wasession/test/simulator/history"
	"github.com/wasession/wasession/test/simulator/media"
)

// demoParts is in how many parts the phone hands it over: three with chats, one
// with push names.
const demoParts = 4

// demo gives Alice's phone a past of 50 chats and 3,000 messages.
func demo(t *testing.T, w *world) *history.Account {
	t.Helper()
	spec := history.DemoSpec(time.Now())
	spec.OwnPN, spec.OwnLID = w.alice.PN(), w.alice.LID()
	account := history.NewAccount(spec)
	if err := w.alice.Populate(w.ctx, account); err != nil {
		t.Fatal(err)
	}
	return account
}

// awaitHistory waits until n parts are imported.
func (r *running) awaitHistory(n int) {
	r.t.Helper()
	r.await("history", func() bool {
		c, err := r.store.HistoryCounts(r.w.ctx)
		if err != nil {
			r.t.Fatal(err)
		}
		return c.Imported >= n && c.Pending == 0
	})
}

func TestHistoryIsImported(t *testing.T) {
	w := newWorld(t)
	account := demo(t, w)
	s := w.open()
	s.pair()
	s.awaitHistory(demoParts)
	counts, err := s.store.Counts(w.ctx)
	if err != nil || counts.Total != account.Len() {
		t.Fatalf("%d chats, %v; want %d", counts.Total, err, account.Len())
	}
	for i := range account.Len() {
		want := account.Full(i)
		got, err := s.store.Chat(w.ctx, chatIDOf(want))
		if err != nil {
			t.Fatalf("chat %s: %v", want.ID, err)
		}
		if got.Archived != want.Archived || (got.PinnedAt > 0) != !want.Pinned.IsZero() || got.Unread != want.Unread || (want.Name != "" && got.Name != want.Name) {
			t.Errorf("chat %s: archived %t, pinned %d, unread %d, name %q; want %t, %v, %d, %q",
				want.ID, got.Archived, got.PinnedAt, got.Unread, got.Name, want.Archived, want.Pinned, want.Unread, want.Name)
		}
		rows, err := s.store.Messages(w.ctx, chat.MessageQuery{Chat: got.ID, Reverse: true})
		if err != nil {
			t.Fatal(err)
		}
		if !slices.IsSortedFunc(rows, func(a, b chat.Message) int { return int(a.Timestamp - b.Timestamp) }) {
			t.Errorf("chat %s is out of order", want.ID)
		}
	}
	rows, err := s.store.Messages(w.ctx, chat.MessageQuery{})
	if err != nil || len(rows) != 3000 {
		t.Errorf("%d messages, %v; want 3000", len(rows), err)
	}
	s.await("the status", func() bool {
		return s.Status().Chats.Total == account.Len() && s.Status().History.Imported >= demoParts
	})
	if unhandled := w.srv.Unhandled(); len(unhandled) > 0 {
		t.Errorf("the simulator did not know %v", unhandled)
	}
}

// chatIDOf is where the store shows a chat of the history.
func chatIDOf(c history.Chat) chat.ID {
	for _, j := range []string{c.ID.String(), c.Alternative.String()} {
		if id, err := chat.ParseID(j); err == nil && !id.IsLID() {
			return id
		}
	}
	return chat.ID(c.ID.String())
}

func TestHistoryAsConfigured(t *testing.T) {
	for _, c := range []struct {
		name   string
		config v1.History
		check  func(*testing.T, []chat.Chat, []chat.Message)
	}{
		{"none keeps the chats", v1.History{Sync: v1.HistoryNone}, func(t *testing.T, chats []chat.Chat, messages []chat.Message) {
			if len(chats) != 50 || len(messages) != 0 {
				t.Errorf("%d chats, %d messages; want 50 and none", len(chats), len(messages))
			}
		}},
		{"days", v1.History{Days: 30}, func(t *testing.T, chats []chat.Chat, messages []chat.Message) {
			oldest := time.Now().AddDate(0, 0, -30).Add(-time.Minute).Unix()
			if len(chats) != 50 || len(messages) == 0 || slices.ContainsFunc(messages, func(m chat.Message) bool { return m.Timestamp < oldest }) {
				t.Errorf("%d chats, %d messages, some too old or none", len(chats), len(messages))
			}
		}},
		{"no groups", v1.History{Groups: new(false)}, func(t *testing.T, chats []chat.Chat, messages []chat.Message) {
			if slices.ContainsFunc(messages, func(m chat.Message) bool { return m.Chat.Kind() == chat.KindGroup }) {
				t.Error("messages of groups")
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			demo(t, w)
			s := w.open(func(o *session.Options) { o.Config.History = c.config })
			s.pair()
			s.awaitHistory(demoParts)
			chats, err := s.store.Chats(w.ctx, chat.ChatQuery{})
			if err != nil {
				t.Fatal(err)
			}
			messages, err := s.store.Messages(w.ctx, chat.MessageQuery{})
			if err != nil {
				t.Fatal(err)
			}
			c.check(t, chats, messages)
		})
	}
}

func TestHistoryThatIsGoneIsGivenUp(t *testing.T) {
	w := newWorld(t)
	demo(t, w)
	w.srv.Media().Faults.Add(media.Fault{Method: http.MethodGet, PathPrefix: "/v/md-msg-hist", Status: http.StatusNotFound, Times: 1})
	s := w.open()
	s.pair()
	s.await("one part given up, the others imported", func() bool {
		c, err := s.store.HistoryCounts(w.ctx)
		return err == nil && c.Imported == demoParts-1 && c.Failed == 1 && c.Pending == 0
	})
	s.await("a message that says so", func() bool { return s.Status().Message != "Connected to WhatsApp" })
}

func TestHistoryInTheNotificationItself(t *testing.T) {
	w := newWorld(t)
	s := w.open()
	s.pair()
	now := time.Now().Truncate(time.Second)
	chunk := history.Chunk{Type: history.Recent, Order: 1, Progress: 100, Chats: []history.Chat{{
		ID: w.bob.PN(), Name: "Bob Builder", LastActivity: now, Archived: true,
		Messages: []history.Message{{ID: "OLD1", At: now, Status: history.Read, Body: history.Text("long ago")}},
	}}}
	if err := w.alice.Companion().SendInlineHistory(w.ctx, chunk); err != nil {
		t.Fatal(err)
	}
	if m := s.message("OLD1"); m.Body != "long ago" || m.Chat != bobID {
		t.Errorf("message %+v", m)
	}
}

// noNotices is a store that takes no history notice until it is mended.
type noNotices struct {
	session.Store
	refused atomic.Int32
	mended  atomic.Bool
}

func (s *noNotices) Apply(ctx context.Context, changes ...chat.Change) error {
	for _, c := range changes {
		if _, ok := c.(chat.HistoryAnnounced); ok && !s.mended.Load() {
			s.refused.Add(1)
			return syscall.EIO
		}
	}
	return s.Store.Apply(ctx, changes...)
}

// A notice of history that could not be stored is not acknowledged: WhatsApp
// brings it again.
func TestAHistoryNoticeThatCouldNotBeStoredComesAgain(t *testing.T) {
	w := newWorld(t)
	account := demo(t, w)
	var faulty *noNotices
	s := w.open(func(o *session.Options) {
		faulty = &noNotices{Store: o.Store}
		o.Store = faulty
	})
	s.pair()
	s.await("a notice that is refused", func() bool { return faulty.refused.Load() > 0 })
	// However long the trouble lasts: only a new connection brings it again.
	if err := w.alice.Companion().WaitDisconnected(w.ctx); err != nil {
		t.Fatal(err)
	}
	faulty.mended.Store(true)
	s.awaitHistory(demoParts)
	counts, err := s.store.Counts(w.ctx)
	if err != nil || counts.Total != account.Len() {
		t.Fatalf("%d chats, %v; want %d", counts.Total, err, account.Len())
	}
}
