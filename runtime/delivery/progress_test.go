package delivery

import (
	"context"
	"errors"
	"net/http"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/egress/egresstest"
	"github.com/wasession/wasession/runtime/store"
)

// watched is a store that counts what a worker asks of it. While it is frozen it
// writes no cursor, like a process that is about to be killed.
type watched struct {
	*store.Store
	advances, cursors, replays atomic.Int64
	frozen                     atomic.Bool
}

func (w *watched) Advance(ctx context.Context, webhook string, after, through int64) error {
	w.advances.Add(1)
	if w.frozen.Load() {
		return errors.New("frozen")
	}
	return w.Store.Advance(ctx, webhook, after, through)
}

func (w *watched) Webhook(ctx context.Context, key string) (chat.Cursor, error) {
	w.cursors.Add(1)
	return w.Store.Webhook(ctx, key)
}

func (w *watched) Replays(ctx context.Context, webhook string, limit int) ([]chat.Delivery, error) {
	w.replays.Add(1)
	return w.Store.Replays(ctx, webhook, limit)
}

// newWatched is a fixture whose dispatcher uses a watched store.
func newWatched(t *testing.T, path string) (*fixture, *watched) {
	t.Helper()
	f := &fixture{t: t}
	encode := func(e chat.Event) ([]byte, error) { return []byte(e.Change.(chat.Called).ID), nil }
	f.store = open(t, path, encode, f.committed)
	w := &watched{Store: f.store}
	f.dispatcher = New(Options{Outbox: w, Egress: egresstest.Loopback(t).Manifest(), Envelope: func(e chat.StoredEvent) ([]byte, error) {
		return []byte(`{"event":"` + e.Name + `","payload":` + string(e.Payload) + `}`), nil
	}})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- f.dispatcher.Run(ctx) }()
	f.stop = sync.OnceFunc(func() {
		cancel()
		if err := errors.Join(<-done, f.store.Close()); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(f.stop)
	return f, w
}

// A webhook costs the store few writes and questions, however many events it takes.
func TestManyDeliveriesAreWrittenDownTogether(t *testing.T) {
	f, w := newWatched(t, filepath.Join(t.TempDir(), "chats.db"))
	r := newReceiver(t)
	compiled, err := CompileWebhooks([]v1.Webhook{hook(r, "message")})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.store.Webhook(t.Context(), compiled[0].Key); err != nil {
		t.Fatal(err)
	}
	const events = 1000
	many := make([]chat.Change, events)
	want := make([]int, events)
	for i := range many {
		many[i], want[i] = called("message", i), i
	}
	if err := f.store.Apply(t.Context(), many...); err != nil {
		t.Fatal(err)
	}
	f.dispatcher.Configure(Settings{Webhooks: compiled})
	r.expect(t, want...)
	until(t, "the note of the deliveries", func() bool { return len(f.deliveries(chat.DeliveryPending)) == 0 })
	// However slow the machine is: not one write, or question, for each.
	if n := w.advances.Load(); n >= events {
		t.Errorf("the cursor was written %d times for %d events", n, events)
	}
	if cursors, replays := w.cursors.Load(), w.replays.Load(); cursors != 2 || replays != 1 {
		t.Errorf("the cursor was read %d times and replays %d times, want 2 and 1", cursors, replays)
	}
}

// What was delivered and not written down before a process died is delivered again,
// under the same request id, and nothing else is.
func TestWhatWasNotWrittenDownIsDeliveredAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "chats.db")
	f, w := newWatched(t, path)
	r := newReceiver(t)
	f.configure(hook(r, "*"))
	f.emit("message", 1, 3)
	r.expect(t, 1, 2, 3)
	until(t, "the note of the deliveries", func() bool { return len(f.deliveries(chat.DeliveryPending)) == 0 })
	w.frozen.Store(true)
	f.emit("message", 4, 1)
	lost := r.expect(t, 4)[0]
	f.stop()
	f = reopen(t, path)
	f.configure(hook(r, "*"))
	if again := r.expect(t, 4)[0]; again.requestID != lost.requestID {
		t.Errorf("it came again with request id %s, first with %s", again.requestID, lost.requestID)
	}
}

// A stop, and a failed attempt, write down what was delivered before.
func TestAStopAndAFailureWriteDeliveriesDown(t *testing.T) {
	path := filepath.Join(t.TempDir(), "chats.db")
	f, r := reopen(t, path), newReceiver(t)
	failed := make(chan struct{})
	once := sync.OnceFunc(func() { close(failed) })
	r.answers(func(d delivery) int {
		if d.number == 3 {
			once()
			return http.StatusInternalServerError
		}
		return http.StatusOK
	})
	h := hook(r, "*")
	f.configure(h)
	f.emit("message", 1, 3)
	r.expect(t, 1, 2, 3)
	<-failed
	until(t, "the note of the failure", func() bool {
		p := f.deliveries(chat.DeliveryPending)
		return len(p) == 1 && p[0].Attempts > 0
	})
	r.answers(func(delivery) int { return http.StatusOK })
	until(t, "the third", func() bool { return len(f.deliveries(chat.DeliveryPending)) == 0 })
	f.emit("message", 4, 2)
	for r.next(t).number != 5 {
	}
	f.stop() // at once: of the fifth, the answer may not have come
	f = reopen(t, path)
	f.configure(h)
	f.emit("message", 6, 1)
	if first := r.next(t).number; first != 5 && first != 6 {
		t.Errorf("%d was delivered again", first)
	}
}
