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
					(s.Node.Attrs["class"] == "message" || s.Node.Attrs["type"] == string(types.ReceiptTypePeerMsg))
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
