package simulator_test

import (
	"testing"

	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"github.com/wasession/wasession/test/simulator"
)

// A client with a contact's device list in its cache learns of a new companion
// from the ack of its next message.
func TestNewCompanionOfAContact(t *testing.T) {
	w := newWorld(t)
	alice, _ := w.linked(w.alice)
	_, err := alice.SendMessage(w.ctx, w.bob.PN(), simulator.TextMessage("to the phone"))
	w.ok(err)
	bob, _ := w.linked(w.bob)
	_, err = alice.SendMessage(w.ctx, w.bob.PN(), simulator.TextMessage("to the phone still"))
	w.ok(err)
	w.expect(w.bob, simulator.Text("to the phone still"))
	_, err = alice.SendMessage(w.ctx, w.bob.PN(), simulator.TextMessage("to both"))
	w.ok(err)
	w.message(bob, "to both")
}

// After a companion was removed, nothing is sent to it, and messages to the
// others still arrive.
func TestRemovedCompanionOfAContact(t *testing.T) {
	w := newWorld(t)
	alice, _ := w.linked(w.alice)
	bob, _ := w.linked(w.bob)
	_, err := alice.SendMessage(w.ctx, w.bob.PN(), simulator.TextMessage("to both"))
	w.ok(err)
	w.message(bob, "to both")
	w.ok(w.bob.Unlink(w.ctx))
	event[*events.LoggedOut](w, bob)
	for _, text := range []string{"one", "two"} {
		_, err = alice.SendMessage(w.ctx, w.bob.PN(), simulator.TextMessage(text))
		w.ok(err)
		w.expect(w.bob, simulator.Text(text))
	}
	devices, err := alice.GetUserDevices(w.ctx, []types.JID{w.bob.LID()})
	w.ok(err)
	if len(devices) != 1 || devices[0] != w.bob.LID() {
		t.Errorf("Bob's devices: %v", devices)
	}
}

func TestRelinkedCompanionIsANewDevice(t *testing.T) {
	w := newWorld(t)
	first, firstComp := w.linked(w.alice)
	w.ok(first.Logout(w.ctx))
	second, secondComp := w.linked(w.alice)
	if firstComp.JID() == secondComp.JID() {
		t.Errorf("both are %s", secondComp.JID())
	}
	_, err := w.bob.SendText(w.ctx, w.alice, "hello again")
	w.ok(err)
	w.message(second, "hello again")
}
