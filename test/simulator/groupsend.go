package simulator

import (
	"context"
	"errors"
	"fmt"
	"time"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"google.golang.org/protobuf/proto"

	"github.com/wasession/wasession/test/simulator/signal"
	"github.com/wasession/wasession/test/simulator/stanza"
)

// ErrNotMember is returned if an account writes to a group that it is not in.
var ErrNotMember = errors.New("not a member of the group")

// SendGroupText sends a text to a group.
func (u *User) SendGroupText(ctx context.Context, g *Group, text string, opts ...SendOption) (string, error) {
	return u.SendGroup(ctx, g, TextMessage(text), opts...)
}

// SendGroup sends a message from the phone to a group and returns its id. The
// members' companions get it encrypted with the phone's sender key, which is
// included for those that do not have it yet.
func (u *User) SendGroup(ctx context.Context, g *Group, msg *waE2E.Message, opts ...SendOption) (string, error) {
	o := u.options(opts)
	err := u.worker.do(ctx, func(ctx context.Context) error { return u.sendGroup(ctx, g, msg, o) })
	return o.id, err
}

func (u *User) sendGroup(ctx context.Context, g *Group, msg *waE2E.Message, o sendOptions) error {
	if _, member := g.Rank(u); !member {
		return ErrNotMember
	}
	return u.sendShared(ctx, sharedChat{jid: g.jid, byLID: g.byLID(), readers: g.Members()}, msg, o)
}

// SendStatus publishes a status message ("story") to the given accounts.
func (u *User) SendStatus(ctx context.Context, msg *waE2E.Message, viewers []*User, opts ...SendOption) (string, error) {
	o := u.options(opts)
	err := u.worker.do(ctx, func(ctx context.Context) error {
		chat := sharedChat{
			jid: types.StatusBroadcastJID, byLID: o.addressing == AddressLID,
			readers: append([]*User{u}, viewers...),
		}
		return u.sendShared(ctx, chat, msg, o)
	})
	return o.id, err
}

// sharedChat is a chat in which all readers get the same ciphertext.
type sharedChat struct {
	jid     types.JID
	byLID   bool
	readers []*User
}

// sendShared runs on the phone's worker.
func (u *User) sendShared(ctx context.Context, chat sharedChat, msg *waE2E.Message, o sendOptions) error {
	plain, err := proto.Marshal(msg)
	if err != nil {
		return fmt.Errorf("marshal message: %w", err)
	}
	attrs := func(*Companion) waBinary.Attrs {
		attrs := waBinary.Attrs{
			"from": chat.jid, "t": o.time.Unix(), "type": stanza.MessageType(msg),
			"notify": o.pushName, "edit": stanza.Edit(msg),
		}
		addParticipant(attrs, u, 0, chat.byLID)
		return attrs
	}
	media := stanza.MediaType(msg)
	u.remember(o.id, &sentMessage{plain: plain, attrs: attrs, media: media, group: chat.jid, chat: chat.jid})
	keyMessage, err := u.keyMessage(ctx, chat.jid)
	if err != nil {
		return err
	}
	ciphertext, err := u.phone().EncryptGroup(ctx, chat.jid, u.pn, plain)
	if err != nil {
		return err
	}
	u.markDirty()
	if o.garbled {
		ciphertext[len(ciphertext)-1] ^= 0xFF
	}
	shared := stanza.Node("enc", waBinary.Attrs{"v": "2", "type": signal.TypeSenderKey, "mediatype": media}, ciphertext)
	for _, reader := range chat.readers {
		if reader != u {
			reader.receive(Received{
				Kind: KindMessage, ID: o.id, From: u.pn, Chat: chat.jid,
				Message: msg, Edit: stanza.Edit(msg), Time: o.time,
			})
		}
		for _, c := range reader.Companions() {
			if u.needsKey(chat.jid, c) {
				err = u.transmit(ctx, c, outbound{
					id: o.id, plain: keyMessage, attrs: attrs(c), shared: []waBinary.Node{shared},
				})
				if err != nil {
					return err
				}
				continue
			}
			node := stanza.Node("message", attrs(c), []waBinary.Node{shared})
			node.Attrs["id"] = o.id
			c.deliver(node)
		}
	}
	return nil
}

func (u *User) keyMessage(ctx context.Context, chat types.JID) ([]byte, error) {
	skdm, err := u.senderKeyMessage(ctx, chat)
	if err != nil {
		return nil, err
	}
	return proto.Marshal(&waE2E.Message{SenderKeyDistributionMessage: skdm})
}

// needsKey reports, once for each companion, whether it still needs the phone's
// sender key of a chat.
func (u *User) needsKey(chat types.JID, c *Companion) bool {
	key := chat.User + " " + c.JID().String()
	u.mu.Lock()
	defer u.mu.Unlock()
	if _, has := u.skdmSent[key]; has {
		return false
	}
	u.skdmSent[key] = struct{}{}
	return true
}

// routeGroup forwards a client's message to all devices of a group.
func (c *conn) routeGroup(n *waBinary.Node, to types.JID) {
	g := c.srv.Group(to)
	if g == nil {
		c.ack(n, 404)
		return
	}
	rank, member := g.Rank(c.user)
	if !member || (g.snapshot().Announce && rank == RankMember) {
		c.ack(n, 403)
		return
	}
	if c.routeResent(n, to) {
		return
	}
	listed := c.routeParticipants(n, to, encNodes(n))
	ack := stanza.Ack(*n, time.Now(), 0)
	// A client that lists only the devices without its key does not say which it knows.
	if known, said := n.Attrs["phash"]; said {
		if actual := deviceHash(g.devices()); actual != jidText(known) {
			ack.Attrs["phash"] = actual
		}
	}
	c.send(ack)
	c.routeToTheRest(n, g, listed)
}

// routeStatus forwards a client's status to the devices that it lists.
func (c *conn) routeStatus(n *waBinary.Node, to types.JID) {
	if c.routeResent(n, to) {
		return
	}
	c.ack(n, 0)
	c.routeParticipants(n, to, encNodes(n))
}

// routeResent forwards a message of a shared chat that goes only to the device that asked
// for it again, and reports whether n is one.
func (c *conn) routeResent(n *waBinary.Node, to types.JID) bool {
	participant, ok := n.Attrs["participant"].(types.JID)
	if !ok {
		return false
	}
	c.ack(n, 0)
	if target := c.srv.UserByJID(participant); target != nil {
		c.toDevice(target, participant.Device, c.envelope(n, to, encNodes(n)))
	}
	return true
}

// routeToTheRest forwards the shared part of a group message to the devices that
// <participants> did not list, because they have the sender's key.
func (c *conn) routeToTheRest(n *waBinary.Node, g *Group, listed []types.JID) {
	shared := encNodes(n)
	if len(shared) == 0 {
		return
	}
	done := make(map[types.JID]bool, len(listed))
	for _, jid := range listed {
		if u := c.srv.UserByJID(jid); u != nil {
			done[withDevice(u.pn, jid.Device)] = true
		}
	}
	for _, member := range g.Members() {
		for _, device := range member.devices(types.DefaultUserServer) {
			if !done[device] {
				c.toDevice(member, device.Device, c.envelope(n, g.jid, shared))
			}
		}
	}
}
