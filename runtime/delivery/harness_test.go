package delivery

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/egress/egresstest"
	"github.com/wasession/wasession/runtime/store"
)

// patience bounds waiting for something that must happen.
const patience = time.Minute

// open opens a real store whose events carry their payload as it is.
func open(t testing.TB, path string, encode func(chat.Event) ([]byte, error), onCommit func(events bool)) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), path, store.Options{Encode: encode, OnCommit: onCommit})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// fixture is a dispatcher over a store.
type fixture struct {
	t          testing.TB
	store      *store.Store
	dispatcher *Dispatcher
	stop       func()
}

// committed is what the process does after a commit.
func (f *fixture) committed(events bool) {
	if events {
		f.dispatcher.Notify()
	}
}

func newFixture(t testing.TB) *fixture {
	return reopen(t, filepath.Join(t.TempDir(), "chats.db"))
}

// reopen starts a dispatcher over the store at a path; the test's end, or stop,
// ends it and closes the store.
func reopen(t testing.TB, path string) *fixture {
	t.Helper()
	return reopenWith(t, path, func(e chat.Event) ([]byte, error) { return []byte(e.Change.(chat.Called).ID), nil })
}

func reopenWith(t testing.TB, path string, encode func(chat.Event) ([]byte, error)) *fixture {
	t.Helper()
	f := &fixture{t: t}
	f.store = open(t, path, encode, f.committed)
	f.dispatcher = New(Options{Outbox: f.store, Egress: egresstest.Loopback(t).Manifest(), Envelope: func(e chat.StoredEvent) ([]byte, error) {
		return json.Marshal(map[string]any{"id": e.ID, "event": e.Name, "payload": json.RawMessage(e.Payload)})
	}})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- f.dispatcher.Run(ctx) }()
	f.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("the dispatcher ended with %v", err)
		}
		if err := f.store.Close(); err != nil {
			t.Errorf("close the store: %v", err)
		}
	})
	t.Cleanup(f.stop)
	return f
}

// emit writes n events of a name, numbered on from first.
func (f *fixture) emit(name string, first, n int) {
	f.t.Helper()
	for i := first; i < first+n; i++ {
		if err := f.store.Apply(f.t.Context(), called(name, i)); err != nil {
			f.t.Fatal(err)
		}
	}
}

// configure sets webhooks with quick retries and waits until they have their
// place in the outbox.
func (f *fixture) configure(webhooks ...v1.Webhook) []Webhook {
	f.t.Helper()
	compiled, err := CompileWebhooks(webhooks)
	if err != nil {
		f.t.Fatal(err)
	}
	for i := range compiled {
		compiled[i].retries.delay = time.Millisecond
		if err := compiled[i].Register(f.t.Context(), f.store); err != nil {
			f.t.Fatal(err)
		}
	}
	f.dispatcher.Configure(Settings{Webhooks: compiled})
	return compiled
}

// delivery is what a receiver was sent.
type delivery struct {
	event, requestID string
	number           int
	header           http.Header
	body             []byte
}

// receiver is a webhook's other end. Its answer is a status code.
type receiver struct {
	*httptest.Server
	got chan delivery
	mu  sync.Mutex
	// answer says what to answer to a delivery.
	answer func(delivery) int
}

func newReceiver(t *testing.T) *receiver {
	r := &receiver{got: make(chan delivery, 10_000), answer: func(delivery) int { return http.StatusOK }}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		body, _ := io.ReadAll(request.Body)
		var envelope struct {
			Event   string `json:"event"`
			Payload int    `json:"payload"`
		}
		if err := json.Unmarshal(body, &envelope); err != nil {
			t.Errorf("body %q: %v", body, err)
		}
		d := delivery{event: envelope.Event, number: envelope.Payload, requestID: request.Header.Get(HeaderRequestID), header: request.Header, body: body}
		r.mu.Lock()
		status := r.answer(d)
		r.mu.Unlock()
		w.WriteHeader(status)
		r.got <- d
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) answers(answer func(delivery) int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answer = answer
}

// next is the next delivery that reached the receiver.
func (r *receiver) next(t *testing.T) delivery {
	t.Helper()
	select {
	case d := <-r.got:
		return d
	case <-time.After(patience):
		t.Fatal("nothing was delivered")
		return delivery{}
	}
}

// expect takes the next deliveries, which must carry these numbers.
func (r *receiver) expect(t *testing.T, numbers ...int) []delivery {
	t.Helper()
	var all []delivery
	for _, want := range numbers {
		d := r.next(t)
		if d.number != want {
			t.Fatalf("delivery %d is of event %d, want %v", len(all), d.number, numbers)
		}
		all = append(all, d)
	}
	return all
}

func hook(r *receiver, events ...string) v1.Webhook {
	return v1.Webhook{URL: r.URL + "/hook?token=secret", Events: events}
}

// until waits for a condition of the store, looked at after each change.
func until(t testing.TB, what string, condition func() bool) {
	t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !condition() {
		select {
		case <-tick.C:
		case <-deadline.C:
			t.Fatalf("%s did not come about", what)
		}
	}
}

// newTLSReceiver has a certificate that nobody signed.
func newTLSReceiver(t *testing.T) *receiver {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		t.Error("a receiver with a bad certificate was sent an event")
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	return &receiver{Server: server}
}

// called is an event of any name, with a number or a text as its payload.
func called(name string, payload any) chat.Called {
	raw, err := json.Marshal(payload)
	if err != nil {
		panic(err)
	}
	return chat.Called{Event: name, ID: string(raw)}
}

func asClose(err error, closed *websocket.CloseError) { errors.As(err, closed) }
