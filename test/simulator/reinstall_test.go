package simulator_test

import (
	"testing"

	"go.mau.fi/whatsmeow/types/events"

	"github.com/wasession/wasession/test/simulator"
)

func TestContactSetsUpANewPhone(t *testing.T) {
	w := newWorld(t)
	g := w.srv.AddGroup("Team", w.bob, w.alice)
	c, comp := w.linked(w.alice)
	_, err := w.bob.SendText(w.ctx, w.alice, "from the old phone")
	w.ok(err)
	w.message(c, "from the old phone")
	_, err = w.bob.SendGroupText(w.ctx, g, "group, old phone")
	w.ok(err)
	w.message(c, "group, old phone")

	w.ok(w.bob.Reinstall(w.ctx))
	event(w, c, func(e *events.IdentityChange) bool { return e.JID == w.bob.PN() && !e.Implicit })
	for _, text := range []string{"from the new phone", "again"} {
		id, err := w.bob.SendText(w.ctx, w.alice, text)
		w.ok(err)
		w.message(c, text)
		w.ok(comp.WaitAcked(w.ctx, id))
	}
	_, err = w.bob.SendGroupText(w.ctx, g, "group, new phone")
	w.ok(err)
	w.message(c, "group, new phone")
	_, err = c.SendMessage(w.ctx, w.bob.PN(), simulator.TextMessage("to the new phone"))
	w.ok(err)
	w.expect(w.bob, simulator.Text("to the new phone"))
}

func TestOwnerSetsUpANewPhone(t *testing.T) {
	w := newWorld(t)
	c, _ := w.linked(w.alice)
	w.ok(w.alice.Reinstall(w.ctx))
	event[*events.LoggedOut](w, c)
	again, _ := w.linked(w.alice)
	_, err := w.alice.SendText(w.ctx, w.bob, "all new")
	w.ok(err)
	if msg := w.message(again, "all new"); !msg.Info.IsFromMe {
		t.Errorf("came as %+v", msg.Info)
	}
}
