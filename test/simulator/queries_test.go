package simulator_test

import (
	"bytes"
	"testing"

	"go.mau.fi/whatsmeow"
	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"

	"github.com/wasession/wasession/test/simulator/simclient"
)

// ask sends a query that whatsmeow itself does not ask.
func (w *world) ask(c *simclient.Client, xmlns string, typ whatsmeow.DangerousInfoQueryType, child waBinary.Node) (*waBinary.Node, error) {
	return c.DangerousInternals().SendIQ(w.ctx, whatsmeow.DangerousInfoQuery{
		Namespace: xmlns, Type: typ, To: types.ServerJID, Content: []waBinary.Node{child},
	})
}

func TestKeysAreComparedByTheirDigest(t *testing.T) {
	w := newWorld(t)
	c, comp := w.linked(w.alice)
	answer, err := w.ask(c, "encrypt", "get", waBinary.Node{Tag: "digest"})
	w.ok(err)
	digest := answer.GetChildByTag("digest")
	identity, _ := digest.GetChildByTag("identity").Content.([]byte)
	if !bytes.Equal(identity, c.Store.IdentityKey.Pub[:]) {
		t.Errorf("identity %x, want %x", identity, c.Store.IdentityKey.Pub[:])
	}
	if ids := digest.GetChildByTag("list"); len(ids.GetChildren()) != comp.PreKeys() {
		t.Errorf("%d keys, want %d", len(ids.GetChildren()), comp.PreKeys())
	}
}

func TestASignedKeyIsRotated(t *testing.T) {
	w := newWorld(t)
	c, _ := w.linked(w.alice)
	fresh := c.Store.IdentityKey.CreateSignedPreKey(c.Store.SignedPreKey.KeyID + 1)
	rotate := func(signature []byte) error {
		_, err := w.ask(c, "encrypt", "set", waBinary.Node{Tag: "rotate", Content: []waBinary.Node{{Tag: "skey", Content: []waBinary.Node{
			{Tag: "id", Content: []byte{0, 0, byte(fresh.KeyID)}},
			{Tag: "value", Content: fresh.Pub[:]},
			{Tag: "signature", Content: signature},
		}}}})
		return err
	}
	if err := rotate(make([]byte, 64)); err == nil {
		t.Error("a key with a forged signature was taken")
	}
	w.ok(rotate(fresh.Signature[:]))
	c.Store.SignedPreKey = fresh
	w.ok(c.Store.Save(w.ctx))
	_, err := w.bob.SendText(w.ctx, w.alice, "by the new key")
	w.ok(err)
	w.message(c, "by the new key")
}

func TestQueriesOfOtherClients(t *testing.T) {
	w := newWorld(t)
	c, _ := w.linked(w.alice)
	answer, err := w.ask(c, "abt", "get", waBinary.Node{Tag: "props", Attrs: waBinary.Attrs{"protocol": "1"}})
	w.ok(err)
	if _, ok := answer.GetOptionalChildByTag("props"); !ok {
		t.Errorf("answered %s", answer)
	}
	_, err = w.ask(c, "w:stats", "", waBinary.Node{Tag: "add", Attrs: waBinary.Attrs{"t": "1"}, Content: []byte("WAM")})
	w.ok(err)
	_, err = w.ask(c, "status", "set", waBinary.Node{Tag: "status", Content: []byte("at the sea")})
	w.ok(err)
	if about := w.alice.About(); about != "at the sea" {
		t.Errorf("the status is %q", about)
	}
}

// Some clients tell their name while they are being linked.
func TestPresenceWhilePairing(t *testing.T) {
	w := newWorld(t)
	c := w.client()
	w.ok(c.Connect())
	w.handmade(c, waBinary.Node{Tag: "presence", Attrs: waBinary.Attrs{"name": "Alice"}})
	_, err := c.PairPhone(w.ctx, w.alice.PN().User, false, whatsmeow.PairClientChrome, "Chrome (Linux)")
	w.ok(err) // answered after the presence was handled
	if unknown := w.srv.Unhandled(); len(unknown) > 0 {
		t.Errorf("not known: %v", unknown)
	}
}
