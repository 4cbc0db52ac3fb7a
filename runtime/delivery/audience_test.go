package delivery

import (
	"net/url"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/coder/websocket"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/sqlite"
)

// recorded are the payloads of the events in the outbox.
func (f *fixture) recorded() (payloads []string) {
	f.t.Helper()
	events, err := f.store.EventsFrom(f.t.Context(), 0, 0)
	if err != nil {
		f.t.Fatal(err)
	}
	for _, e := range events {
		payloads = append(payloads, string(e.Payload))
	}
	return payloads
}

// settle applies settings and waits until the store follows them.
func (f *fixture) settle(s Settings) {
	f.t.Helper()
	select {
	case <-f.dispatcher.Configure(s):
	case <-f.t.Context().Done():
		f.t.Fatal("the settings are not in effect")
	}
}

func TestOnlyEventsThatSomebodyAsksForAreWritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "chats.db")
	f, r := reopen(t, path), newReceiver(t)
	f.settle(Settings{Retention: time.Hour})
	f.emit("message", 1, 1)
	if got := f.recorded(); got != nil {
		t.Errorf("nobody listens, and %v is written", got)
	}
	compiled, err := CompileWebhooks([]v1.Webhook{hook(r, chat.EventMessage)})
	if err != nil {
		t.Fatal(err)
	}
	f.settle(Settings{Retention: time.Hour, Webhooks: compiled})
	f.emit(chat.EventMessage, 2, 1)
	f.emit(chat.EventPresence, 3, 1)
	r.expect(t, 2)
	if got := f.recorded(); !slices.Equal(got, []string{"2"}) {
		t.Errorf("of a message and a presence %v is written, for a webhook of messages", got)
	}
	// A client of a websocket can come back for everything, also after a restart.
	conn := dial(t, f.serve()+"?x-api-key=k")
	f.emit(chat.EventPresence, 4, 1)
	last := read(t, conn)
	conn.Close(websocket.StatusNormalClosure, "")
	f.emit(chat.EventPresence, 5, 1)
	f.stop()
	f = reopen(t, path)
	f.settle(Settings{Retention: time.Hour})
	f.emit(chat.EventPresence, 6, 1)
	conn = dial(t, f.serve()+"?x-api-key=k&lastEventId="+last.ID)
	for _, want := range []int{5, 6} {
		if got := read(t, conn); got.Payload != want {
			t.Errorf("resumed with %d, want %d", got.Payload, want)
		}
	}
}

// Once nobody has come back for as long as events are kept, they are not written.
func TestAClientThatStaysAwayIsForgotten(t *testing.T) {
	f := newFixture(t)
	if err := f.store.SaveLastListener(t.Context(), time.Now().Add(-2*time.Hour)); err != nil {
		t.Fatal(err)
	}
	f.settle(Settings{Retention: time.Hour})
	f.emit(chat.EventPresence, 1, 1)
	if got := f.recorded(); got != nil {
		t.Errorf("%v is written", got)
	}
	f.settle(Settings{Retention: 3 * time.Hour})
	f.emit(chat.EventPresence, 2, 1)
	if got := f.recorded(); !slices.Equal(got, []string{"2"}) {
		t.Errorf("%v is written within the retention", got)
	}
}

// A client is served although the store cannot write down that it was there.
func TestAListenerThatCannotBeStored(t *testing.T) {
	path := filepath.Join(t.TempDir(), "chats.db")
	f := reopen(t, path)
	f.settle(Settings{Retention: time.Hour})
	db := sqlite.Open(sqlite.DSN(path, url.Values{"_pragma": {"busy_timeout(10000)"}}))
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), `CREATE TRIGGER full BEFORE INSERT ON settings WHEN new.name = 'last-listener'
		BEGIN SELECT RAISE(ABORT, 'disk full'); END`); err != nil {
		t.Fatal(err)
	}
	conn := dial(t, f.serve()+"?x-api-key=k")
	f.emit(chat.EventPresence, 1, 1)
	if got := read(t, conn); got.Payload != 1 {
		t.Errorf("got %d", got.Payload)
	}
}
