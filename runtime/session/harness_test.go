package session_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"testing"
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/session"
	"github.com/wasession/wasession/runtime/store"
	"github.com/wasession/wasession/runtime/whatsapp"
	"github.com/wasession/wasession/runtime/wire"
	"github.com/wasession/wasession/test/simulator"
)

// patience bounds every wait of these tests.
const patience = 4 * time.Minute

// world is a simulated WhatsApp with the account under test and a contact.
type world struct {
	t          *testing.T
	ctx        context.Context
	srv        *simulator.Server
	alice, bob *simulator.User
	dir        string
}

func newWorld(t *testing.T, options ...simulator.Options) *world {
	t.Helper()
	srv, err := simulator.New(append(options, simulator.Options{})[0])
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = srv.Close() })
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return &world{
		t: t, ctx: ctx, srv: srv, dir: t.TempDir(),
		alice: srv.AddUser("15550001111", "", "Alice"), bob: srv.AddUser("15550002222", "", "Bob"),
	}
}

// running is a session with its store.
type running struct {
	*session.Session
	t     *testing.T
	w     *world
	store *store.Store
}

// open starts a session on the world's data directory.
func (w *world) open(change ...func(*session.Options)) *running {
	w.t.Helper()
	r := &running{t: w.t, w: w}
	var err error
	r.store, err = store.Open(w.ctx, w.dir+"/chats.db", store.Options{
		Encode: wire.Encoder{Raw: func(m chat.Message) any { return whatsapp.NewRawData(m, "") }}.Payload,
		Logger: logger(),
	})
	if err != nil {
		w.t.Fatal(err)
	}
	endpoint, err := whatsapp.EndpointFromEnv(func(name string) string {
		return map[string]string{v1.EnvEndpoint: w.srv.URL(), v1.EnvRootKey: rootKey(w.srv)}[name]
	})
	if err != nil {
		w.t.Fatal(err)
	}
	o := session.Options{
		Name: "test", Dir: w.dir, Store: r.store, Logger: logger(), Version: "test", Endpoint: endpoint,
		Config: v1.Config{Session: "test"},
	}
	for _, c := range change {
		c(&o)
	}
	if r.Session, err = session.Open(w.ctx, o); err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { r.close() })
	return r
}

// close ends the session in order, once.
func (r *running) close() {
	r.t.Helper()
	if r.Session == nil {
		return
	}
	if err := errors.Join(r.Session.Close(), r.store.Close()); err != nil {
		r.t.Errorf("close: %v", err)
	}
	r.Session = nil
}

// await waits until the condition holds, looking again after each change of
// status and each moment.
func (r *running) await(what string, condition func() bool) {
	r.t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		changed := r.Watch()
		if condition() {
			return
		}
		select {
		case <-changed:
		case <-tick.C:
		case <-r.w.ctx.Done():
			r.t.Fatalf("%s: did not happen; status %+v", what, r.Status())
		}
	}
}

// awaitPhase waits for a phase.
func (r *running) awaitPhase(phase v1.Phase) {
	r.t.Helper()
	r.await("phase "+string(phase), func() bool { return r.Status().Phase == phase })
}

// pair scans the QR with the account's phone and waits for the login.
func (r *running) pair() {
	r.t.Helper()
	r.await("a scan", func() bool {
		code, _, err := r.QR(r.w.ctx)
		if errors.Is(err, chat.ErrNotPairing) {
			return false
		}
		if err == nil {
			_, err = r.w.alice.ScanQR(r.w.ctx, code)
		}
		if err != nil && !errors.Is(err, simulator.ErrCodeUnknown) { // it expired meanwhile
			r.t.Fatalf("scan: %v", err)
		}
		return err == nil
	})
	r.awaitPhase(v1.PhaseWorking)
}

// message waits for a stored message.
func (r *running) message(stanza string) chat.Message {
	r.t.Helper()
	var m chat.Message
	r.await("message "+stanza, func() bool {
		var err error
		m, err = r.store.Message(r.w.ctx, "", stanza)
		if err != nil && !errors.Is(err, chat.ErrNotFound) {
			r.t.Fatal(err)
		}
		return err == nil
	})
	return m
}

// chatOf reads a chat.
func (r *running) chatOf(id chat.ID) chat.Chat {
	r.t.Helper()
	c, err := r.store.Chat(r.w.ctx, id)
	if err != nil {
		r.t.Fatalf("chat %s: %v", id, err)
	}
	return c
}

func logger() *slog.Logger {
	if os.Getenv("SESSION_TEST_LOG") == "" {
		return slog.New(slog.DiscardHandler)
	}
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug}))
}
