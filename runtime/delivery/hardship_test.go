package delivery

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wasession/wasession/runtime/chat"
)

// What cannot be written as JSON is a dead letter at once; what follows it is
// delivered, to webhooks and to sockets.
func TestWhatCannotBeWrittenHoldsUpNothing(t *testing.T) {
	f, r := reopenWith(t, filepath.Join(t.TempDir(), "chats.db"), func(e chat.Event) ([]byte, error) {
		if c, ok := e.Change.(chat.Called); ok {
			return []byte(c.ID), nil
		}
		return nil, errors.New("no words for it")
	}), newReceiver(t)
	conn := dial(t, f.serve()+"?x-api-key=k&events=message")
	f.configure(hook(r, "message"))
	f.emit("message", 1, 1)
	if err := f.store.Apply(t.Context(), chat.MessageReceived{Message: chat.Message{Chat: "1@c.us", Stanza: "A", Timestamp: 1, Type: chat.TypeText}}); err != nil {
		t.Fatal(err)
	}
	f.emit("message", 2, 1)
	r.expect(t, 1, 2)
	for _, want := range []int{1, 2} {
		if got := read(t, conn); got.Payload != want {
			t.Errorf("the socket carries %d, want %d", got.Payload, want)
		}
	}
	letters := f.deliveries(chat.DeliveryFailed)
	if len(letters) != 1 || letters[0].Attempts != 1 || letters[0].LastError != unwritable {
		t.Errorf("dead letters %+v, want one after one attempt", letters)
	}
}

func TestNothingIsSignedWithAnEmptyKey(t *testing.T) {
	f, r := newFixture(t), newReceiver(t)
	key := filepath.Join(t.TempDir(), "hmac")
	if err := os.WriteFile(key, []byte("\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	w := hook(r, "*")
	w.HMACKeyFile, w.Retries.Attempts = key, 1
	f.configure(w)
	f.emit("message", 1, 1)
	until(t, "the dead letter", func() bool { return len(f.deliveries(chat.DeliveryFailed)) == 1 })
	if reason := f.deliveries(chat.DeliveryFailed)[0].LastError; !strings.Contains(reason, "HMAC key is empty") {
		t.Errorf("reason %q", reason)
	}
	select {
	case d := <-r.got:
		t.Errorf("delivered %+v", d)
	default:
	}
}

// Beyond its bounds the outbox makes dead letters, at once and not only when the
// next minute is over.
func TestAFullOutboxMakesDeadLetters(t *testing.T) {
	f, r := newFixture(t), newReceiver(t)
	stuck := make(chan struct{})
	r.answers(func(delivery) int { <-stuck; return 200 })
	t.Cleanup(func() { close(stuck) })
	compiled := f.configure(hook(r, "message"))
	f.dispatcher.Configure(Settings{Webhooks: compiled, MaxEvents: 5})
	f.emit("presence.update", 1, 3) // not wanted by the webhook
	f.emit("message", 1, 20)
	until(t, "the dead letters", func() bool { return len(f.deliveries(chat.DeliveryFailed)) >= 15 })
	letters := f.deliveries(chat.DeliveryFailed)
	for i, l := range letters {
		if l.Event.Name != "message" || string(l.Event.Payload) == "" {
			t.Errorf("dead letter %d is %+v", i, l)
		}
	}
}

// A step of the clock neither freezes a webhook nor hurries it.
func TestAPauseOutlastsTheClock(t *testing.T) {
	now := time.Now()
	c := chat.Cursor{Seq: 7, Attempts: 2}
	var p pause
	p.begin(c, 4*time.Second, now)
	for name, next := range map[string]time.Duration{"as planned": 4 * time.Second, "a year back": 366 * 24 * time.Hour, "a year ahead": -366 * 24 * time.Hour} {
		c.NextAt = now.Add(next)
		if got := p.left(c, now.Add(time.Second)); got != 3*time.Second {
			t.Errorf("%s: %v left, want 3s", name, got)
		}
	}
	var restarted pause
	c.NextAt = now.Add(366 * 24 * time.Hour)
	if got := restarted.left(c, now); got > maxDelay {
		t.Errorf("after a restart it waits %v", got)
	}
	if got := restarted.left(c, now.Add(maxDelay)); got > 0 {
		t.Errorf("the wait does not end: %v", got)
	}
}
