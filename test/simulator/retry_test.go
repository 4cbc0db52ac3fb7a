package simulator_test

import (
	"fmt"
	"testing"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/types/events"

	"github.com/wasession/wasession/test/simulator"
	"github.com/wasession/wasession/test/simulator/simclient"
)

func TestClientAsksForAMessageAgain(t *testing.T) {
	for name, synchronous := range map[string]bool{"asynchronous ack": false, "synchronous ack": true} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			c, comp := w.linked(w.alice, simclient.Options{Setup: func(c *whatsmeow.Client) { c.SynchronousAck = synchronous }})
			before, err := w.bob.SendText(w.ctx, w.alice, "fine")
			w.ok(err)
			w.message(c, "fine")
			id, err := w.bob.SendText(w.ctx, w.alice, "damaged", simulator.Garbled())
			w.ok(err)
			bad := event(w, c, func(e *events.UndecryptableMessage) bool { return e.Info.ID == id })
			if bad.IsUnavailable {
				t.Error("the message is unavailable, not damaged")
			}
			if msg := w.message(c, "damaged"); msg.Info.ID != id {
				t.Errorf("sent again with id %s, want %s", msg.Info.ID, id)
			}
			w.ok(comp.WaitAcked(w.ctx, before, id))
			w.ok(comp.WaitIdle(w.ctx))
		})
	}
}

func TestClientAsksForAFirstMessageAgain(t *testing.T) {
	w := newWorld(t)
	c, comp := w.linked(w.alice)
	id, err := w.bob.SendText(w.ctx, w.alice, "damaged pkmsg", simulator.Garbled())
	w.ok(err)
	w.message(c, "damaged pkmsg")
	w.ok(comp.WaitAcked(w.ctx, id))
}

func TestClientAsksForAnOwnMessageAgain(t *testing.T) {
	w := newWorld(t)
	c, _ := w.linked(w.alice)
	_, err := w.alice.SendText(w.ctx, w.bob, "damaged copy", simulator.Garbled())
	w.ok(err)
	if msg := w.message(c, "damaged copy"); !msg.Info.IsFromMe || msg.Info.Chat != w.bob.LID() {
		t.Errorf("came as %+v", msg.Info)
	}
}

func TestClientAsksForAGroupMessageAgain(t *testing.T) {
	w := newWorld(t)
	g := w.srv.AddGroup("Team", w.bob, w.alice)
	c, comp := w.linked(w.alice)
	for i, opts := range [][]simulator.SendOption{nil, {simulator.Garbled()}, nil} {
		text := fmt.Sprint("group ", i)
		id, err := w.bob.SendGroupText(w.ctx, g, text, opts...)
		w.ok(err)
		w.message(c, text)
		w.ok(comp.WaitAcked(w.ctx, id))
	}
}

func TestPhoneAsksForAMessageAgain(t *testing.T) {
	w := newWorld(t)
	c, _ := w.linked(w.alice)
	_, err := c.SendMessage(w.ctx, w.bob.PN(), simulator.TextMessage("fine"))
	w.ok(err)
	w.expect(w.bob, simulator.Text("fine"))
	w.bob.FailDecryption(2)
	sent, err := c.SendMessage(w.ctx, w.bob.PN(), simulator.TextMessage("twice damaged"))
	w.ok(err)
	if got := w.expect(w.bob, simulator.Text("twice damaged")); got.ID != sent.ID {
		t.Errorf("sent again with id %s, want %s", got.ID, sent.ID)
	}
	_, err = c.SendMessage(w.ctx, w.bob.PN(), simulator.TextMessage("fine again"))
	w.ok(err)
	w.expect(w.bob, simulator.Text("fine again"))
}

func TestPhoneAsksForAGroupMessageAgain(t *testing.T) {
	w := newWorld(t)
	g := w.srv.AddGroup("Team", w.bob, w.alice)
	c, _ := w.linked(w.alice)
	w.bob.FailDecryption(1)
	_, err := c.SendMessage(w.ctx, g.JID(), simulator.TextMessage("damaged for Bob"))
	w.ok(err)
	w.expect(w.bob, simulator.Text("damaged for Bob"))
	_, err = c.SendMessage(w.ctx, g.JID(), simulator.TextMessage("next"))
	w.ok(err)
	w.expect(w.bob, simulator.Text("next"))
}

func TestOwnPhoneAsksForAMessageAgain(t *testing.T) {
	w := newWorld(t)
	c, _ := w.linked(w.alice)
	w.alice.FailDecryption(1)
	_, err := c.SendMessage(w.ctx, w.bob.PN(), simulator.TextMessage("damaged for my phone"))
	w.ok(err)
	if got := w.expect(w.alice, simulator.Text("damaged for my phone")); !got.Own {
		t.Errorf("the phone got %+v", got)
	}
}

func TestOneClientAsksAnother(t *testing.T) {
	w := newWorld(t)
	alice, _ := w.linked(w.alice)
	bob, bobComp := w.linked(w.bob)
	_, err := alice.SendMessage(w.ctx, w.bob.PN(), simulator.TextMessage("first"))
	w.ok(err)
	w.message(bob, "first")
	// Bob's client loses its session with Alice's.
	w.ok(bob.Store.Sessions.DeleteAllSessions(w.ctx, alice.Store.GetLID().SignalAddressUser()))
	w.ok(bob.Store.Sessions.DeleteAllSessions(w.ctx, alice.Store.GetLID().User))
	sent, err := alice.SendMessage(w.ctx, w.bob.PN(), simulator.TextMessage("second"))
	w.ok(err)
	w.message(bob, "second")
	w.ok(bobComp.WaitAcked(w.ctx, sent.ID))
}

func TestUnavailableMessageIsFetchedFromThePhone(t *testing.T) {
	w := newWorld(t)
	c, comp := w.linked(w.alice)
	// The request needs a session with the account's own phone.
	_, err := w.alice.SendText(w.ctx, w.bob, "hello from my phone")
	w.ok(err)
	w.message(c, "hello from my phone")
	id, err := w.bob.SendUnavailable(w.ctx, w.alice, simulator.TextMessage("for your eyes only"), "view_once")
	w.ok(err)
	missing := event[*events.UndecryptableMessage](w, c)
	if !missing.IsUnavailable || missing.UnavailableType != events.UnavailableTypeViewOnce {
		t.Errorf("got %+v", missing)
	}
	msg := w.message(c, "for your eyes only")
	if msg.Info.ID != id || msg.UnavailableRequestID == "" {
		t.Errorf("the phone sent it as %+v", msg.Info)
	}
	w.ok(comp.WaitIdle(w.ctx))
}
