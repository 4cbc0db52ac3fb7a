package simulator

import (
	"context"
	"time"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"

	"github.com/wasession/wasession/test/simulator/stanza"
)

// envelope is a client's message for one device.
type envelope struct {
	from  *Companion
	id    string
	time  time.Time
	to    types.JID // as the client addressed it: a person or a group
	byLID bool      // how the members of a group are addressed
	attrs waBinary.Attrs
	encs  []waBinary.Node
}

// handleMessage acknowledges a client's message and forwards it. What a client sends its
// own phone is no message to a chat, and is never refused.
func (c *conn) handleMessage(n *waBinary.Node) {
	to, _ := n.Attrs["to"].(types.JID)
	if n.Attrs["category"] == "peer" {
		c.ack(n, 0)
		c.toPhone(c.user, c.envelope(n, to, encNodes(n)))
		return
	}
	if code := c.srv.faults.messageError(); code != 0 {
		c.ack(n, code)
		return
	}
	if code := c.overLimit(n, to); code != 0 {
		c.ack(n, code)
		return
	}
	switch {
	case to.Server == types.GroupServer:
		c.routeGroup(n, to)
	case to.Server == types.BroadcastServer:
		c.routeStatus(n, to)
	case to.Server == types.NewsletterServer:
		c.routeNewsletter(n, to)
	case to.Server == types.DefaultUserServer, to.Server == types.HiddenUserServer:
		c.routeDirect(n, to)
	default:
		c.srv.noteUnhandled("message to " + to.Server)
		c.ack(n, 0)
	}
}

// overLimit counts a message to a chat, and returns the code to refuse it with, or 0.
// What is sent again does not count.
func (c *conn) overLimit(n *waBinary.Node, to types.JID) int {
	direct := to.Server == types.DefaultUserServer || to.Server == types.HiddenUserServer
	_, toAll := n.GetOptionalChildByTag("participants")
	switch {
	case direct && !toAll:
		return 0
	case direct:
		return c.user.refusal(c.srv.UserByJID(to))
	}
	return c.user.refusal(nil)
}

func (c *conn) envelope(n *waBinary.Node, to types.JID, encs []waBinary.Node) envelope {
	byLID := n.Attrs["addressing_mode"] == string(types.AddressingModeLID)
	if g := c.srv.Group(to); g != nil {
		byLID = g.byLID() // whatever the client believes, or leaves out
	}
	return envelope{
		from: c.companion, id: jidText(n.Attrs["id"]), time: time.Now(),
		to: to.ToNonAD(), byLID: byLID, attrs: n.Attrs, encs: encs,
	}
}

func encNodes(n *waBinary.Node) []waBinary.Node { return n.GetChildrenByTag("enc") }

func (c *conn) routeDirect(n *waBinary.Node, to types.JID) {
	target := c.srv.UserByJID(to)
	if target == nil {
		c.ack(n, 404)
		return
	}
	participants, many := n.GetOptionalChildByTag("participants")
	if !many {
		// A message resent to the one device that asked for it.
		c.ack(n, 0)
		c.toDevice(target, to.Device, c.envelope(n, to, encNodes(n)))
		return
	}
	c.ackWithHash(n, deviceHashes{
		addressed: append(participantJIDs(participants), withDevice(c.user.on(to.Server), c.companion.device)),
		actual:    append(target.devices(to.Server), c.ownDevices(target, to.Server)...),
	})
	c.routeParticipants(n, to, nil)
}

// ownDevices returns the devices of the sender, unless it writes to itself.
func (c *conn) ownDevices(target *User, server string) []types.JID {
	if target == c.user {
		return nil
	}
	return c.user.devices(server)
}

func participantJIDs(participants waBinary.Node) []types.JID {
	var out []types.JID
	for _, child := range participants.GetChildren() {
		if jid, ok := child.Attrs["jid"].(types.JID); ok {
			out = append(out, jid)
		}
	}
	return out
}

type deviceHashes struct{ addressed, actual []types.JID }

// ackWithHash acknowledges a message. If the client wrote to the wrong set of
// devices, the ack carries the right hash, and the client drops its list.
func (c *conn) ackWithHash(n *waBinary.Node, h deviceHashes) {
	ack := stanza.Ack(*n, time.Now(), 0)
	if actual := deviceHash(h.actual); actual != deviceHash(h.addressed) {
		ack.Attrs["phash"] = actual
	}
	c.send(ack)
}

// routeParticipants forwards each device's part of <participants>, together
// with the shared part, and returns the devices that were listed.
func (c *conn) routeParticipants(n *waBinary.Node, to types.JID, shared []waBinary.Node) []types.JID {
	participants := n.GetChildByTag("participants")
	var listed []types.JID
	for _, child := range participants.GetChildren() {
		jid, _ := child.Attrs["jid"].(types.JID)
		listed = append(listed, jid)
		if target := c.srv.UserByJID(jid); target != nil {
			encs := append(encNodes(&child), shared...)
			c.toDevice(target, jid.Device, c.envelope(n, to, encs))
		}
	}
	return listed
}

// toDevice forwards a message to a device. What a client addresses to itself goes
// nowhere: it has no session with itself, and would ask itself for the message again.
func (c *conn) toDevice(target *User, device uint16, env envelope) {
	if target.blocks(c.user) || target == c.user && device == c.companion.device {
		return
	}
	if device == 0 {
		c.toPhone(target, env)
		return
	}
	target.mu.Lock()
	comp := target.companions[device]
	target.mu.Unlock()
	if comp != nil {
		comp.deliver(env.forward(target))
	}
}

func (c *conn) toPhone(target *User, env envelope) {
	target.worker.post(func(ctx context.Context) { target.openEnvelope(ctx, env) })
}

// forward returns the stanza that another client gets.
func (e envelope) forward(target *User) waBinary.Node {
	sender := e.from.user
	attrs := waBinary.Attrs{
		"id": e.id, "t": e.time.Unix(), "type": e.attrs["type"], "notify": sender.Name(),
	}
	if edit, ok := e.attrs["edit"]; ok {
		attrs["edit"] = edit
	}
	fromServer := types.HiddenUserServer
	if e.to.Server == types.DefaultUserServer {
		fromServer = types.DefaultUserServer
	}
	switch {
	case e.to.Server == types.GroupServer || e.to.Server == types.BroadcastServer:
		attrs["from"] = e.to
		addParticipant(attrs, sender, e.from.device, e.byLID)
	case target == sender:
		attrs["from"] = withDevice(sender.on(fromServer), e.from.device)
		attrs["recipient"] = e.to
		if pn, ok := e.attrs["peer_recipient_pn"]; ok {
			attrs["peer_recipient_pn"] = pn
		}
	default:
		addSender(attrs, sender, e.from.device, fromServer == types.HiddenUserServer)
	}
	return stanza.Node("message", attrs, e.encs)
}

// addSender names the sender of a direct message in both forms.
func addSender(attrs waBinary.Attrs, sender *User, device uint16, byLID bool) {
	if byLID {
		attrs["from"], attrs["sender_pn"] = withDevice(sender.lid, device), sender.pn
		return
	}
	attrs["from"], attrs["sender_lid"] = withDevice(sender.pn, device), sender.lid
}

// addParticipant names the sender of a group message in both forms.
func addParticipant(attrs waBinary.Attrs, sender *User, device uint16, byLID bool) {
	if byLID {
		attrs["participant"], attrs["participant_pn"] = withDevice(sender.lid, device), sender.pn
		attrs["addressing_mode"] = string(types.AddressingModeLID)
		return
	}
	attrs["participant"], attrs["participant_lid"] = withDevice(sender.pn, device), sender.lid
	attrs["addressing_mode"] = string(types.AddressingModePN)
}
