package simulator_test

import (
	"context"
	"testing"
	"time"

	"go.mau.fi/whatsmeow"
	waAppState "go.mau.fi/whatsmeow/appstate"
	"go.mau.fi/whatsmeow/types/events"

	"github.com/wasession/wasession/test/simulator"
	"github.com/wasession/wasession/test/simulator/simclient"
)

// stage is a simulated WhatsApp with Alice, whose companion is a real whatsmeow client,
// and her contact Bob. It fails the test if a stanza was not understood.
type stage struct {
	t      *testing.T
	ctx    context.Context
	srv    *simulator.Server
	alice  *simulator.User
	bob    *simulator.User
	comp   *simulator.Companion
	client *simclient.Client
}

// newStage starts the server and the client; link connects them.
func newStage(t *testing.T, setup func(*whatsmeow.Client)) *stage {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	t.Cleanup(cancel)
	srv, err := simulator.New(simulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := &stage{t: t, ctx: ctx, srv: srv}
	t.Cleanup(func() {
		if unhandled := srv.Unhandled(); len(unhandled) > 0 {
			t.Errorf("stanzas that were not understood: %v", unhandled)
		}
		s.must(srv.Close())
	})
	s.alice = srv.AddUser("15550001111", "", "Alice")
	s.bob = srv.AddUser("15550002222", "", "Bob")
	s.client = s.newClient(setup)
	return s
}

func (s *stage) newClient(setup func(*whatsmeow.Client)) *simclient.Client {
	s.t.Helper()
	client, err := simclient.New(s.ctx, s.srv, simclient.Options{Dir: s.t.TempDir(), Setup: setup})
	s.must(err)
	s.t.Cleanup(func() { s.must(client.Close()) })
	return client
}

// link pairs the client and waits until it has synced all collections.
func (s *stage) link() *stage {
	s.t.Helper()
	s.comp = s.linkAs(s.client)
	return s
}

func (s *stage) linkAs(client *simclient.Client) *simulator.Companion {
	s.t.Helper()
	comp, err := client.Link(s.ctx, s.alice)
	s.must(err)
	for _, name := range waAppState.AllPatchNames {
		wait(s, client, func(e *events.AppStateSyncComplete) bool { return e.Name == name })
	}
	return comp
}

func (s *stage) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// wait returns the first event of the client that satisfies the condition.
func wait[T any](s *stage, client *simclient.Client, condition func(T) bool) T {
	s.t.Helper()
	event, err := simclient.Wait(s.ctx, client.Events, condition)
	s.must(err)
	return event
}
