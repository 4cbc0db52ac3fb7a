package simulator_test

import (
	"testing"

	"go.mau.fi/libsignal/groups"
	"go.mau.fi/libsignal/protocol"
	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/store"
	"google.golang.org/protobuf/proto"

	"github.com/wasession/wasession/test/simulator"
	"github.com/wasession/wasession/test/simulator/signal"
	"github.com/wasession/wasession/test/simulator/simclient"
)

// Some clients list only the devices that lack their sender key.
func TestAGroupMessageReachesDevicesThatAreNotListed(t *testing.T) {
	w := newWorld(t)
	g := w.srv.AddGroup("Team", w.alice, w.bob, w.carol)
	c, comp := w.linked(w.alice)
	bob, _ := w.linked(w.bob)
	_, err := c.SendMessage(w.ctx, g.JID(), simulator.TextMessage("with the key"))
	w.ok(err)
	w.message(bob, "with the key")
	w.expect(w.carol, simulator.Text("with the key"))
	echoes := w.count(func(s simulator.Stanza) bool {
		return s.Direction == simulator.ToClient && s.User == w.alice && s.Device == comp.JID().Device &&
			(s.Node.Tag == "message" || s.Node.Attrs["phash"] != nil)
	})
	again := w.count(func(s simulator.Stanza) bool {
		return s.Direction == simulator.FromClient && s.Node.Attrs["type"] == "retry"
	})
	w.handmade(c, waBinary.Node{
		Tag: "message", Attrs: waBinary.Attrs{"id": "3EB0A2", "to": g.JID(), "type": "text", "addressing_mode": "lid"},
		Content: []waBinary.Node{w.groupEncrypted(c, g, "the key is known")},
	})
	w.message(bob, "the key is known")
	for _, member := range []*simulator.User{w.alice, w.bob, w.carol} {
		w.expect(member, simulator.Text("the key is known"))
	}
	w.handled(c)
	if n := echoes.Load(); n != 0 {
		t.Errorf("%d stanzas told the sender that something is wrong", n)
	}
	if n := again.Load(); n != 0 {
		t.Errorf("the message was asked for %d times", n)
	}
}

// groupEncrypted returns the <enc> of a message for those who have the client's
// sender key.
func (w *world) groupEncrypted(c *simclient.Client, g *simulator.Group, text string) waBinary.Node {
	w.t.Helper()
	plain, err := proto.Marshal(simulator.TextMessage(text))
	w.ok(err)
	builder := groups.NewGroupSessionBuilder(c.Store, store.SignalProtobufSerializer)
	name := protocol.NewSenderKeyName(g.JID().String(), c.Store.GetLID().SignalAddress())
	sealed, err := groups.NewGroupCipher(builder, name, c.Store).Encrypt(w.ctx, signal.Pad(plain))
	w.ok(err)
	return waBinary.Node{Tag: "enc", Attrs: waBinary.Attrs{"v": "2", "type": "skmsg"}, Content: sealed.SignedSerialize()}
}

// A client need not say how a group's members are addressed: the group knows.
func TestAGroupResendIsAddressedLikeTheGroup(t *testing.T) {
	for name, mode := range map[string]simulator.Addressing{"by LID": simulator.AddressLID, "by number": simulator.AddressPN} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			g := w.srv.AddGroup("Team", w.alice, w.bob)
			g.SetAddressing(mode)
			c, comp := w.linked(w.alice)
			bob, bobComp := w.linked(w.bob)
			_, err := c.SendMessage(w.ctx, g.JID(), simulator.TextMessage("first"))
			w.ok(err)
			w.message(bob, "first")
			enc := w.encrypted(c, bobComp.LID(), simulator.TextMessage("sent again"))
			enc.Attrs["count"] = "1"
			w.handmade(c, waBinary.Node{
				Tag: "message", Attrs: waBinary.Attrs{"id": "3EB0A6", "to": g.JID(), "participant": bobComp.LID(), "type": "text"},
				Content: []waBinary.Node{enc},
			})
			want := comp.LID()
			if mode == simulator.AddressPN {
				want = comp.JID()
			}
			if got := w.message(bob, "sent again"); got.Info.Sender != want {
				t.Errorf("came from %s, want %s", got.Info.Sender, want)
			}
		})
	}
}
