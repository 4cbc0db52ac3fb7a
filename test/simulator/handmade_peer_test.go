package simulator_test

import (
	"testing"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"

	"github.com/wasession/wasession/test/simulator"
)

// Some clients confirm what their phone sends with a receipt and no ack.
func TestAReceiptSettlesAPeerMessage(t *testing.T) {
	for _, typ := range []types.ReceiptType{types.ReceiptTypePeerMsg, types.ReceiptTypeHistorySync} {
		t.Run(string(typ), func(t *testing.T) {
			w := newWorld(t)
			c, comp := w.linked(w.alice)
			w.ok(comp.WaitIdle(w.ctx))
			w.srv.Faults().Drop(func(s simulator.Stanza) bool { // whatsmeow's own answers
				return s.Direction == simulator.FromClient && s.Node.Attrs["hand"] == nil &&
					(s.Node.Tag == "receipt" || s.Node.Attrs["class"] == "message")
			})
			id, err := comp.SendPeer(w.ctx, &waE2E.ProtocolMessage{Type: waE2E.ProtocolMessage_INITIAL_SECURITY_NOTIFICATION_SETTING_SYNC.Enum()})
			w.ok(err)
			w.handled(c)
			if pending := comp.Pending(); len(pending) != 1 || pending[0] != id {
				t.Fatalf("pending before the receipt: %v", pending)
			}
			w.handmade(c, waBinary.Node{Tag: "receipt", Attrs: waBinary.Attrs{
				"id": id, "to": w.alice.LID(), "type": string(typ), "hand": "made",
			}})
			w.ok(comp.WaitIdle(w.ctx))
		})
	}
}

// Some clients wrap what they ask their phone, like a copy of a sent message.
func TestAWrappedPeerRequestIsUnderstood(t *testing.T) {
	w := newWorld(t)
	c, comp := w.linked(w.alice)
	w.ok(comp.WaitIdle(w.ctx))
	state, err := w.alice.AppState()
	w.ok(err)
	shared := state.KeyShare().GetProtocolMessage().GetAppStateSyncKeyShare().GetKeys()
	request := &waE2E.Message{ProtocolMessage: &waE2E.ProtocolMessage{
		Type: waE2E.ProtocolMessage_APP_STATE_SYNC_KEY_REQUEST.Enum(),
		AppStateSyncKeyRequest: &waE2E.AppStateSyncKeyRequest{
			KeyIDs: []*waE2E.AppStateSyncKeyId{shared[0].GetKeyID()},
		},
	}}
	answers := w.count(func(s simulator.Stanza) bool {
		return s.Direction == simulator.ToClient && s.Node.Attrs["category"] == "peer"
	})
	w.handmade(c, waBinary.Node{
		Tag: "message", Attrs: waBinary.Attrs{"id": "3EB0A5", "to": w.alice.PN(), "type": "text", "category": "peer"},
		Content: []waBinary.Node{w.encrypted(c, w.alice.LID(), &waE2E.Message{DeviceSentMessage: &waE2E.DeviceSentMessage{Message: request}})},
	})
	got := w.expect(w.alice, func(r simulator.Received) bool { return r.Kind == simulator.KindPeer && r.ID == "3EB0A5" })
	if got.Message.GetProtocolMessage().GetAppStateSyncKeyRequest() == nil {
		t.Errorf("the phone got %v", got.Message)
	}
	w.ok(comp.WaitIdle(w.ctx))
	if answers.Load() != 1 {
		t.Errorf("the phone answered %d times", answers.Load())
	}
}
