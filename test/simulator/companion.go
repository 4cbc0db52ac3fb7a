package simulator

import (
	"context"
	"slices"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"

	"github.com/wasession/wasession/test/simulator/signal"
)

// Companion is a client that was linked to an account. The lock of the account
// guards its fields.
type Companion struct {
	user     *User
	device   uint16
	noise    [32]byte // the key it logs in with
	platform string
	account  []byte // the complete ADVSignedDeviceIdentity

	registrationID uint32
	identity       [32]byte
	signedPreKey   signal.SignedPreKey
	preKeys        []signal.PreKey

	conn    *conn
	active  bool // has requested its queue on this connection
	greeted bool // the linked hooks have run
	removed bool
	queue   queue
	acked   []string
	isAcked map[string]struct{}
	nacked  map[string]int
	retried map[string]struct{} // still awaits the ack that follows a retry receipt
}

func newCompanion(u *User, device uint16) *Companion {
	return &Companion{
		user:    u,
		device:  device,
		queue:   newQueue(),
		isAcked: make(map[string]struct{}),
		nacked:  make(map[string]int),
		retried: make(map[string]struct{}),
	}
}

// User returns the account that the companion belongs to.
func (c *Companion) User() *User { return c.user }

// JID returns the companion's JID by phone number, with its device number.
func (c *Companion) JID() types.JID { return withDevice(c.user.pn, c.device) }

// LID returns the companion's hidden JID, with its device number.
func (c *Companion) LID() types.JID { return withDevice(c.user.lid, c.device) }

// Platform returns the platform name that the client gave when it paired.
func (c *Companion) Platform() string { return c.platform }

// Connected reports whether the client is currently logged in.
func (c *Companion) Connected() bool {
	c.user.mu.Lock()
	defer c.user.mu.Unlock()
	return c.active
}

// WaitConnected waits until the client is logged in and accepts messages.
func (c *Companion) WaitConnected(ctx context.Context) error {
	return c.user.await(ctx, func() bool { return c.active })
}

// WaitDisconnected waits until the client has no connection.
func (c *Companion) WaitDisconnected(ctx context.Context) error {
	return c.user.await(ctx, func() bool { return c.conn == nil })
}

// Acked lists the ids of the messages that the client has acknowledged, in that
// order. WhatsApp never delivers those again: a client that loses one has lost
// it for good. What the account's own phone tells its devices is not among them.
func (c *Companion) Acked() []string {
	c.user.mu.Lock()
	defer c.user.mu.Unlock()
	return slices.Clone(c.acked)
}

// WaitAcked waits until the client has acknowledged all of the messages.
func (c *Companion) WaitAcked(ctx context.Context, ids ...string) error {
	return c.user.await(ctx, func() bool {
		for len(ids) > 0 {
			if _, ok := c.isAcked[ids[0]]; !ok {
				return false
			}
			ids = ids[1:]
		}
		return true
	})
}

// WaitIdle waits until the account's phone has done all its pending work, and
// the client has acknowledged all that was sent to it.
func (c *Companion) WaitIdle(ctx context.Context) error {
	if err := c.user.worker.do(ctx, func(context.Context) error { return nil }); err != nil {
		return err
	}
	return c.user.await(ctx, func() bool { return c.queue.items.Len() == 0 })
}

// Nacked maps the ids of the messages that the client refused to its error
// codes.
func (c *Companion) Nacked() map[string]int {
	c.user.mu.Lock()
	defer c.user.mu.Unlock()
	out := make(map[string]int, len(c.nacked))
	for id, code := range c.nacked {
		out[id] = code
	}
	return out
}

// Pending lists the ids of the stanzas that the client has not acknowledged
// yet.
func (c *Companion) Pending() []string {
	c.user.mu.Lock()
	defer c.user.mu.Unlock()
	nodes := c.queue.nodes()
	out := make([]string, len(nodes))
	for i, n := range nodes {
		out[i] = jidText(n.Attrs["id"])
	}
	return out
}

// PreKeys returns how many of the client's one-time keys are left.
func (c *Companion) PreKeys() int {
	c.user.mu.Lock()
	defer c.user.mu.Unlock()
	return len(c.preKeys)
}

// deliver queues stanzas that the client must acknowledge, and sends them when
// the client is connected. A stanza needs the attributes id and from.
func (c *Companion) deliver(nodes ...waBinary.Node) {
	c.user.mu.Lock()
	defer c.user.mu.Unlock()
	if c.removed {
		return
	}
	for _, n := range nodes {
		c.queue.push(n)
	}
	c.user.touch()
	c.pump()
}

// push sends a stanza that is useless later (presence, typing): it is lost if
// the client is not connected.
func (c *Companion) push(n waBinary.Node) {
	c.user.mu.Lock()
	defer c.user.mu.Unlock()
	if c.active {
		c.conn.send(n)
	}
}

// pump sends what may be sent now. The caller holds the lock of the account.
func (c *Companion) pump() {
	if !c.active {
		return
	}
	limit := c.user.srv.faults.inFlightLimit()
	pendingOffline := c.queue.offline
	for item := c.queue.pop(limit); item != nil; item = c.queue.pop(limit) {
		node := item.node
		if item.offline {
			node.Attrs = cloneAttrs(node.Attrs)
			node.Attrs["offline"] = "0"
		}
		c.conn.send(node)
	}
	if pendingOffline > 0 && c.queue.offline == 0 {
		c.conn.endOffline()
	}
}

// settle removes a stanza from the queue after the client's receipt or ack, and
// sends the next ones. The caller holds the lock of the account.
func (c *Companion) settle(key queueKey) bool {
	if !c.queue.ack(key) {
		return false
	}
	c.user.touch()
	c.pump()
	return true
}

// unAck reverts noteAcked: the client acknowledged the stanza, but could not
// read it. The caller holds the lock of the account.
func (c *Companion) unAck(id string) {
	if _, ok := c.isAcked[id]; !ok {
		return
	}
	delete(c.isAcked, id)
	if i := slices.Index(c.acked, id); i >= 0 {
		c.acked = slices.Delete(c.acked, i, i+1)
	}
}

// noteAcked records that a message has arrived. The caller holds the lock of
// the account.
func (c *Companion) noteAcked(id string) {
	if _, ok := c.isAcked[id]; ok {
		return
	}
	c.isAcked[id] = struct{}{}
	c.acked = append(c.acked, id)
	c.user.touch()
}

func cloneAttrs(in waBinary.Attrs) waBinary.Attrs {
	out := make(waBinary.Attrs, len(in)+1)
	for k, v := range in {
		out[k] = v
	}
	return out
}
