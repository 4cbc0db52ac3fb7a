package simulator_test

import (
	"sync/atomic"
	"testing"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"google.golang.org/protobuf/proto"

	"github.com/wasession/wasession/test/simulator"
	"github.com/wasession/wasession/test/simulator/simclient"
)

// handmade sends a stanza from the client's connection: one that is right, but that
// other clients send and whatsmeow does not.
func (w *world) handmade(c *simclient.Client, n waBinary.Node) {
	w.t.Helper()
	w.ok(c.DangerousInternals().SendNode(w.ctx, n))
}

// handled returns once the server has handled all that the client sent.
func (w *world) handled(c *simclient.Client) {
	w.t.Helper()
	_, err := query(w, c, "w:p", "ping")
	w.ok(err)
}

// count counts the stanzas that match from now on.
func (w *world) count(match func(simulator.Stanza) bool) *atomic.Int32 {
	var n atomic.Int32
	w.srv.Faults().Drop(func(s simulator.Stanza) bool {
		if match(s) {
			n.Add(1)
		}
		return false
	})
	return &n
}

// encrypted returns the <enc> of a message for a device that the client has a
// session with.
func (w *world) encrypted(c *simclient.Client, to types.JID, msg *waE2E.Message) waBinary.Node {
	w.t.Helper()
	plain, err := proto.Marshal(msg)
	w.ok(err)
	enc, _, err := c.DangerousInternals().EncryptMessageForDevice(w.ctx, plain, to, nil, nil, nil)
	w.ok(err)
	return *enc
}

func participant(jid types.JID, enc waBinary.Node) waBinary.Node {
	return waBinary.Node{Tag: "to", Attrs: waBinary.Attrs{"jid": jid}, Content: []waBinary.Node{enc}}
}

func TestAMessageToTheOwnDeviceGoesNowhere(t *testing.T) {
	w := newWorld(t)
	c, comp := w.linked(w.alice)
	_, err := c.SendMessage(w.ctx, w.bob.PN(), simulator.TextMessage("hello"))
	w.ok(err)
	w.expect(w.bob, simulator.Text("hello"))
	echoes := w.count(func(s simulator.Stanza) bool {
		return s.Direction == simulator.ToClient && s.User == w.alice && s.Node.Tag == "message"
	})
	enc := w.encrypted(c, w.bob.LID(), simulator.TextMessage("to all, and to myself"))
	w.handmade(c, waBinary.Node{
		Tag: "message", Attrs: waBinary.Attrs{"id": "3EB0A1", "to": w.bob.LID(), "type": "text"},
		Content: []waBinary.Node{{Tag: "participants", Content: []waBinary.Node{
			participant(w.bob.LID(), enc), participant(comp.LID(), enc), participant(comp.JID(), enc),
		}}},
	})
	w.expect(w.bob, simulator.Text("to all, and to myself"))
	w.handled(c)
	if n := echoes.Load(); n != 0 {
		t.Errorf("%d messages came back to the device that sent them", n)
	}
}
