package simulator

import (
	"context"
	"encoding/binary"
	"time"

	"go.mau.fi/libsignal/ecc"
	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"

	"github.com/wasession/wasession/test/simulator/signal"
	"github.com/wasession/wasession/test/simulator/stanza"
)

// lowPreKeys is the number of one-time keys at which a client is notified.
const lowPreKeys = 5

func (s *Server) handlePreKeyCount(_ context.Context, iq *IQ) ([]waBinary.Node, error) {
	return []waBinary.Node{stanza.Node("count", waBinary.Attrs{"value": iq.Companion.PreKeys()}, nil)}, nil
}

// handlePreKeyUpload stores the keys of a client. It comes with <registration>
// as its first child.
func (s *Server) handlePreKeyUpload(_ context.Context, iq *IQ) ([]waBinary.Node, error) {
	registration, _ := iq.Node.GetChildByTag("registration").Content.([]byte)
	identity, _ := iq.Node.GetChildByTag("identity").Content.([]byte)
	if len(registration) != 4 || len(identity) != 32 {
		return nil, &IQError{400, "bad-request"}
	}
	skey, err := parseSignedPreKey(iq.Node.GetChildByTag("skey"), [32]byte(identity))
	if err != nil {
		return nil, err
	}
	list := iq.Node.GetChildByTag("list")
	var keys []signal.PreKey
	for _, child := range list.GetChildren() {
		key, ok := parsePreKey(child)
		if !ok {
			return nil, &IQError{400, "bad-request"}
		}
		keys = append(keys, key)
	}
	c := iq.Companion
	c.user.mu.Lock()
	defer c.user.mu.Unlock()
	if c.identity != [32]byte(identity) {
		return nil, &IQError{406, "not-acceptable"}
	}
	c.registrationID = binary.BigEndian.Uint32(registration)
	c.signedPreKey = skey
	c.preKeys = append(c.preKeys, keys...)
	c.user.touch()
	return nil, nil
}

// handleDigest tells a client which of its keys the server has.
func (s *Server) handleDigest(_ context.Context, iq *IQ) ([]waBinary.Node, error) {
	c := iq.Companion
	c.user.mu.Lock()
	defer c.user.mu.Unlock()
	var ids []waBinary.Node
	for _, key := range c.preKeys {
		ids = append(ids, preKeyNodes(key)[0])
	}
	nodes := bundleNodes(signal.Bundle{
		RegistrationID: c.registrationID, Identity: c.identity, SignedPreKey: c.signedPreKey,
	}, true)
	return []waBinary.Node{stanza.Node("digest", nil, append(nodes, stanza.Node("list", nil, ids)))}, nil
}

// handleRotate replaces the signed key of a client.
func (s *Server) handleRotate(_ context.Context, iq *IQ) ([]waBinary.Node, error) {
	c := iq.Companion
	c.user.mu.Lock()
	defer c.user.mu.Unlock()
	key, err := parseSignedPreKey(iq.Child.GetChildByTag("skey"), c.identity)
	if err != nil {
		return nil, err
	}
	c.signedPreKey = key
	c.user.touch()
	return nil, nil
}

// parseSignedPreKey returns the key in an <skey>, if identity has signed it.
func parseSignedPreKey(n waBinary.Node, identity [32]byte) (signal.SignedPreKey, error) {
	key, ok := parsePreKey(n)
	signature, _ := n.GetChildByTag("signature").Content.([]byte)
	if !ok || len(signature) != 64 {
		return signal.SignedPreKey{}, &IQError{400, "bad-request"}
	}
	signed := signal.SignedPreKey{PreKey: key, Signature: [64]byte(signature)}
	if !signed.Valid(identity) {
		return signal.SignedPreKey{}, &IQError{406, "not-acceptable"}
	}
	return signed, nil
}

func parsePreKey(n waBinary.Node) (signal.PreKey, bool) {
	id, _ := n.GetChildByTag("id").Content.([]byte)
	pub, _ := n.GetChildByTag("value").Content.([]byte)
	if len(id) != 3 || len(pub) != 32 {
		return signal.PreKey{}, false
	}
	return signal.PreKey{ID: binary.BigEndian.Uint32(append([]byte{0}, id...)), Pub: [32]byte(pub)}, true
}

// handleBundles returns the bundles needed to start sessions.
func (s *Server) handleBundles(ctx context.Context, iq *IQ) ([]waBinary.Node, error) {
	var users []waBinary.Node
	for _, child := range iq.Child.GetChildren() {
		jid, _ := child.Attrs["jid"].(types.JID)
		attrs := waBinary.Attrs{"jid": jid}
		bundle, err := s.bundle(ctx, jid)
		if err != nil {
			users = append(users, stanza.Node("user", attrs, []waBinary.Node{
				stanza.Node("error", waBinary.Attrs{"code": 404, "text": "item-not-found"}, nil),
			}))
			continue
		}
		users = append(users, stanza.Node("user", attrs, bundleNodes(bundle, true)))
	}
	return []waBinary.Node{stanza.Node("list", nil, users)}, nil
}

// bundle returns the bundle of a device: the phone's, or a companion's, which
// uses up one of its one-time keys.
func (s *Server) bundle(ctx context.Context, jid types.JID) (signal.Bundle, error) {
	u := s.UserByJID(jid)
	if u == nil {
		return signal.Bundle{}, &IQError{404, "item-not-found"}
	}
	if jid.Device == 0 {
		return u.phone().Bundle(ctx)
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	c := u.companions[jid.Device]
	if c == nil {
		return signal.Bundle{}, &IQError{404, "item-not-found"}
	}
	return c.takeBundle(), nil
}

// takeBundle uses up a one-time key. The caller holds the lock of the account.
func (c *Companion) takeBundle() signal.Bundle {
	b := signal.Bundle{RegistrationID: c.registrationID, Identity: c.identity, SignedPreKey: c.signedPreKey}
	if len(c.preKeys) == 0 {
		return b
	}
	key := c.preKeys[0]
	c.preKeys = c.preKeys[1:]
	b.PreKey = &key
	c.user.touch()
	if left := len(c.preKeys); left == lowPreKeys-1 || left == 0 {
		c.queue.push(stanza.Notification(newID(), "encrypt", types.ServerJID, time.Now(),
			stanza.Node("count", waBinary.Attrs{"value": left}, nil)))
		c.pump()
	}
	return b
}

// bundleNodes returns a bundle as the children of a <user> or of <keys>; in the
// latter case the registration id goes next to it.
func bundleNodes(b signal.Bundle, withRegistration bool) []waBinary.Node {
	var nodes []waBinary.Node
	if withRegistration {
		nodes = append(nodes, registrationNode(b))
	}
	nodes = append(nodes,
		stanza.Node("type", nil, []byte{ecc.DjbType}),
		stanza.Node("identity", nil, b.Identity[:]),
		stanza.Node("skey", nil, append(preKeyNodes(b.SignedPreKey.PreKey),
			stanza.Node("signature", nil, b.SignedPreKey.Signature[:]))),
	)
	if b.PreKey != nil {
		nodes = append(nodes, stanza.Node("key", nil, preKeyNodes(*b.PreKey)))
	}
	return nodes
}

func registrationNode(b signal.Bundle) waBinary.Node {
	return stanza.Node("registration", nil, binary.BigEndian.AppendUint32(nil, b.RegistrationID))
}

func preKeyNodes(k signal.PreKey) []waBinary.Node {
	id := binary.BigEndian.AppendUint32(nil, k.ID)
	return []waBinary.Node{stanza.Node("id", nil, id[1:]), stanza.Node("value", nil, k.Pub[:])}
}

// parseBundle parses the keys in a retry receipt.
func parseBundle(receipt *waBinary.Node) (signal.Bundle, bool) {
	registration, _ := receipt.GetChildByTag("registration").Content.([]byte)
	keys, ok := receipt.GetOptionalChildByTag("keys")
	if !ok || len(registration) != 4 {
		return signal.Bundle{}, false
	}
	identity, _ := keys.GetChildByTag("identity").Content.([]byte)
	signature, _ := keys.GetChildByTag("skey", "signature").Content.([]byte)
	skey, ok := parsePreKey(keys.GetChildByTag("skey"))
	if !ok || len(identity) != 32 || len(signature) != 64 {
		return signal.Bundle{}, false
	}
	b := signal.Bundle{
		RegistrationID: binary.BigEndian.Uint32(registration),
		Identity:       [32]byte(identity),
		SignedPreKey:   signal.SignedPreKey{PreKey: skey, Signature: [64]byte(signature)},
	}
	if key, ok := parsePreKey(keys.GetChildByTag("key")); ok {
		b.PreKey = &key
	}
	return b, true
}

// SpendPreKeys uses up to n of the client's one-time keys, like devices that
// start sessions with it.
func (c *Companion) SpendPreKeys(n int) error {
	c.user.mu.Lock()
	defer c.user.mu.Unlock()
	if c.removed {
		return ErrNotLinked
	}
	for range min(n, len(c.preKeys)) {
		c.takeBundle()
	}
	return nil
}

// WaitPreKeys waits until the server has n of the client's one-time keys.
func (c *Companion) WaitPreKeys(ctx context.Context, n int) error {
	return c.user.await(ctx, func() bool { return len(c.preKeys) >= n })
}
