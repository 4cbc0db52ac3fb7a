package simulator_test

import (
	"testing"

	"go.mau.fi/whatsmeow/types"

	"github.com/wasession/wasession/test/simulator"
)

func TestStatusMessagesBothWays(t *testing.T) {
	w := newWorld(t)
	c, comp := w.linked(w.alice)
	viewers := []*simulator.User{w.alice, w.carol}
	for _, text := range []string{"my day", "my night"} {
		id, err := w.bob.SendStatus(w.ctx, simulator.TextMessage(text), viewers)
		w.ok(err)
		msg := w.message(c, text)
		if msg.Info.Chat != types.StatusBroadcastJID || msg.Info.Sender != w.bob.LID() || msg.Info.ID != id {
			t.Errorf("came as %+v", msg.Info)
		}
		w.ok(comp.WaitAcked(w.ctx, id))
		w.expect(w.carol, simulator.MessageID(id))
	}

	w.ok(c.Store.Contacts.PutContactName(w.ctx, w.bob.PN(), "Bob", "Bob B."))
	_, err := c.SendMessage(w.ctx, types.StatusBroadcastJID, simulator.TextMessage("mine"))
	w.ok(err)
	if got := w.expect(w.bob, simulator.Text("mine")); got.Chat != types.StatusBroadcastJID || got.From != comp.JID() {
		t.Errorf("Bob got %+v", got)
	}
}

func TestPhoneAsksForAStatusAgain(t *testing.T) {
	w := newWorld(t)
	c, _ := w.linked(w.alice)
	w.ok(c.Store.Contacts.PutContactName(w.ctx, w.bob.PN(), "Bob", "Bob B."))
	w.bob.FailDecryption(1)
	for _, text := range []string{"damaged", "fine"} {
		sent, err := c.SendMessage(w.ctx, types.StatusBroadcastJID, simulator.TextMessage(text))
		w.ok(err)
		if got := w.expect(w.bob, simulator.Text(text)); got.ID != sent.ID || got.Chat != types.StatusBroadcastJID {
			t.Errorf("Bob got %+v, want %s", got, sent.ID)
		}
	}
}
