package simulator_test

import (
	"context"
	"testing"
	"time"

	"go.mau.fi/whatsmeow/appstate"
	"go.mau.fi/whatsmeow/types/events"

	"github.com/wasession/wasession/test/simulator"
	"github.com/wasession/wasession/test/simulator/simclient"
)

// world is a simulator with a few accounts. At the end of a test it checks that
// the simulator understood every stanza.
type world struct {
	t   *testing.T
	ctx context.Context
	srv *simulator.Server
	// alice is the account whose companions are tested; the others are
	// contacts.
	alice, bob, carol *simulator.User
}

func newWorld(t *testing.T) *world { return newWorldWith(t, simulator.Options{}) }

func newWorldWith(t *testing.T, opts simulator.Options) *world {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	t.Cleanup(cancel)
	w := &world{t: t, ctx: ctx}
	w.start(opts)
	t.Cleanup(func() {
		if unknown := w.srv.Unhandled(); len(unknown) > 0 {
			t.Errorf("the simulator did not know these stanzas: %v", unknown)
		}
		if err := w.srv.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return w
}

func (w *world) start(opts simulator.Options) {
	w.t.Helper()
	srv, err := simulator.New(opts)
	if err != nil {
		w.t.Fatalf("start the simulator: %v", err)
	}
	w.srv = srv
	w.alice = srv.AddUser("15550001111", "", "Alice")
	w.bob = srv.AddUser("15550002222", "", "Bob")
	w.carol = srv.AddUser("15550003333", "", "Carol")
}

// client returns a client with a new directory. It is not connected.
func (w *world) client(opts ...simclient.Options) *simclient.Client {
	w.t.Helper()
	var o simclient.Options
	if len(opts) > 0 {
		o = opts[0]
	}
	if o.Dir == "" {
		o.Dir = w.t.TempDir()
	}
	c, err := simclient.New(w.ctx, w.srv, o)
	w.ok(err)
	w.t.Cleanup(func() { _ = c.Close() })
	return c
}

// linked returns a client that is linked to the account and logged in.
func (w *world) linked(u *simulator.User, opts ...simclient.Options) (*simclient.Client, *simulator.Companion) {
	w.t.Helper()
	c := w.client(opts...)
	comp, err := c.Link(w.ctx, u)
	w.ok(err)
	// whatsmeow fetches the settings in the background, and has a data race if
	// it is logged out meanwhile.
	for _, name := range appstate.AllPatchNames {
		event(w, c, func(e *events.AppStateSyncComplete) bool { return e.Name == name })
	}
	return c, comp
}

func (w *world) ok(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// message waits until the client has got a message with the text.
func (w *world) message(c *simclient.Client, text string) *events.Message {
	w.t.Helper()
	msg, err := simclient.Wait(w.ctx, c.Events, simclient.HasText(text))
	if err != nil {
		w.t.Fatalf("message %q: %v", text, err)
	}
	return msg
}

// expect waits until a matching item has reached an account's phone.
func (w *world) expect(u *simulator.User, match func(simulator.Received) bool) simulator.Received {
	w.t.Helper()
	r, err := u.Expect(w.ctx, match)
	w.ok(err)
	return r
}

// event waits for an event of the client.
func event[T any](w *world, c *simclient.Client, conditions ...func(T) bool) T {
	w.t.Helper()
	evt, err := simclient.Wait(w.ctx, c.Events, conditions...)
	w.ok(err)
	return evt
}
