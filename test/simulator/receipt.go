package simulator

import (
	"context"
	"errors"
	"fmt"
	"time"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"

	"github.com/wasession/wasession/test/simulator/stanza"
)

// ErrNoMessage is returned for a message that has not reached the phone.
var ErrNoMessage = errors.New("there is no message")

// ReceiptHandler handles a receipt of a client, on the connection's reader.
type ReceiptHandler func(context.Context, *Companion, waBinary.Node)

// HandleReceipt registers a handler for receipts of a type that the Server
// itself does not handle, e.g. "server-error", which asks for lost media.
func (s *Server) HandleReceipt(typ string, h ReceiptHandler) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.receiptHandlers[typ] = h
}

// handleReceipt handles a client's receipt for messages: delivered, read by a
// person, or not decryptable.
func (c *conn) handleReceipt(n *waBinary.Node) {
	typ := types.ReceiptType(jidText(n.Attrs["type"]))
	c.ack(n, 0)
	switch typ {
	case types.ReceiptTypeDelivered, types.ReceiptTypeInactive, types.ReceiptTypeSender:
		c.settleMessage(n)
		c.routeReceipt(n, typ)
	case types.ReceiptTypeRead, types.ReceiptTypePlayed:
		c.routeReceipt(n, typ)
		c.tellOwnDevices(n, typ)
	case types.ReceiptTypePeerMsg, types.ReceiptTypeHistorySync:
		c.settlePeerMessage(n)
		c.user.receive(c.received(n, typ, true))
	case types.ReceiptTypeReadSelf:
		c.user.receive(c.received(n, typ, true))
		c.tellOwnDevices(n, typ)
	case types.ReceiptTypeRetry:
		c.handleRetry(n)
	default:
		c.srv.mu.RLock()
		h := c.srv.receiptHandlers[string(typ)]
		c.srv.mu.RUnlock()
		if h == nil {
			c.srv.noteUnhandled("receipt " + string(typ))
			return
		}
		h(c.ctx, c.companion, *n)
	}
}

// messageKey returns the queue key of the message that a receipt is for.
func messageKey(n *waBinary.Node) queueKey {
	return queueKey{
		class: "message", id: jidText(n.Attrs["id"]),
		from: jidText(n.Attrs["to"]), participant: jidText(n.Attrs["participant"]),
	}
}

func (c *conn) settleMessage(n *waBinary.Node) {
	key := messageKey(n)
	c.user.mu.Lock()
	defer c.user.mu.Unlock()
	if c.companion.settle(key) {
		c.companion.noteAcked(key.id)
	}
}

// settlePeerMessage settles a message of the account's own phone, which clients name by
// its number or its LID.
func (c *conn) settlePeerMessage(n *waBinary.Node) {
	key := messageKey(n)
	c.user.mu.Lock()
	defer c.user.mu.Unlock()
	for _, phone := range []types.JID{c.user.pn, c.user.lid} {
		key.from = phone.String()
		c.companion.settle(key)
	}
}

func (c *conn) received(n *waBinary.Node, typ types.ReceiptType, own bool) Received {
	to, _ := n.Attrs["to"].(types.JID)
	r := Received{
		Kind: KindReceipt, ID: jidText(n.Attrs["id"]), From: c.companion.JID(), Chat: to.ToNonAD(),
		Own: own, State: string(typ), IDs: receiptIDs(n), Time: time.Now(),
	}
	return r
}

func receiptIDs(n *waBinary.Node) []string {
	ids := []string{jidText(n.Attrs["id"])}
	list := n.GetChildByTag("list")
	for _, item := range list.GetChildren() {
		ids = append(ids, jidText(item.Attrs["id"]))
	}
	return ids
}

// routeReceipt forwards a receipt to the devices of the message's sender.
func (c *conn) routeReceipt(n *waBinary.Node, typ types.ReceiptType) {
	to, _ := n.Attrs["to"].(types.JID)
	inGroup := to.Server == types.GroupServer || to.Server == types.BroadcastServer
	author := to
	if inGroup {
		author, _ = n.Attrs["participant"].(types.JID)
	}
	target := c.srv.UserByJID(author)
	if target == nil {
		return
	}
	target.receive(c.received(n, typ, target == c.user))
	if target == c.user {
		return
	}
	if typ == types.ReceiptTypeRead || typ == types.ReceiptTypePlayed {
		c.user.receive(c.received(n, typ, true))
	}
	attrs := waBinary.Attrs{"id": n.Attrs["id"], "t": time.Now().Unix(), "type": string(typ)}
	if inGroup {
		attrs["from"] = to
		attrs["participant"] = withDevice(c.user.on(author.Server), c.companion.device)
	} else {
		attrs["from"] = withDevice(c.user.on(author.Server), c.companion.device)
	}
	for _, comp := range target.Companions() {
		comp.deliver(stanza.Node("receipt", cloneAttrs(attrs), n.GetChildren()))
	}
}

// tellOwnDevices tells the account's other companions what its owner has read or played
// at this one.
func (c *conn) tellOwnDevices(n *waBinary.Node, typ types.ReceiptType) {
	to, _ := n.Attrs["to"].(types.JID)
	attrs := waBinary.Attrs{"id": n.Attrs["id"], "t": time.Now().Unix(), "type": string(typ)}
	if author, ok := n.Attrs["participant"].(types.JID); ok {
		attrs["from"], attrs["participant"] = to, withDevice(c.user.on(author.Server), c.companion.device)
	} else {
		attrs["from"], attrs["recipient"] = withDevice(c.user.on(to.Server), c.companion.device), to.ToNonAD()
	}
	for _, other := range c.user.Companions() {
		if other != c.companion {
			other.deliver(stanza.Node("receipt", cloneAttrs(attrs), n.GetChildren()))
		}
	}
}

// SendReceipt sends a receipt from the phone for messages that clients sent to
// it: types.ReceiptTypeDelivered, Read or Played. All must be from the same
// account and chat.
func (u *User) SendReceipt(ctx context.Context, typ types.ReceiptType, ids ...string) error {
	if len(ids) == 0 {
		return nil
	}
	r, ok := u.inboxMessage(ids[0])
	if !ok {
		return fmt.Errorf("%w %s at %s", ErrNoMessage, ids[0], u.pn)
	}
	return u.worker.do(ctx, func(context.Context) error {
		u.sendReceipt(typ, r, ids...)
		return nil
	})
}

// MarkRead confirms messages as read on the phone.
func (u *User) MarkRead(ctx context.Context, ids ...string) error {
	return u.SendReceipt(ctx, types.ReceiptTypeRead, ids...)
}

// Read is MarkRead, as a person does it: the companions of the account learn that the
// messages are read, too.
func (u *User) Read(ctx context.Context, ids ...string) error {
	if err := u.MarkRead(ctx, ids...); err != nil || len(ids) == 0 {
		return err
	}
	about, ok := u.inboxMessage(ids[0])
	if !ok {
		return fmt.Errorf("%w %s at %s", ErrNoMessage, ids[0], u.pn)
	}
	chat := about.Chat
	if author := u.srv.UserByJID(about.From); author != nil && chat.Server != types.GroupServer {
		chat = author.on(chat.Server)
	}
	return u.ReadOnPhone(ctx, chat, ids...)
}

// MarkPlayed confirms voice messages as played on the phone.
func (u *User) MarkPlayed(ctx context.Context, ids ...string) error {
	return u.SendReceipt(ctx, types.ReceiptTypePlayed, ids...)
}

// sendReceipt sends a receipt to all companions of a message's author.
func (u *User) sendReceipt(typ types.ReceiptType, about Received, ids ...string) {
	author := u.srv.UserByJID(about.From)
	if author == nil || author == u {
		return
	}
	attrs := waBinary.Attrs{"id": ids[0], "t": time.Now().Unix(), "type": string(typ)}
	if about.Chat.Server == types.GroupServer {
		attrs["from"] = about.Chat
		byLID := false
		if g := u.srv.Group(about.Chat); g != nil {
			byLID = g.byLID()
		}
		addParticipant(attrs, u, 0, byLID)
	} else {
		attrs["from"] = u.on(about.Chat.Server)
	}
	for _, c := range author.Companions() {
		c.deliver(stanza.Node("receipt", cloneAttrs(attrs), moreIDs(ids)))
	}
}

// moreIDs lists the messages of a receipt after the first.
func moreIDs(ids []string) []waBinary.Node {
	if len(ids) < 2 {
		return nil
	}
	var items []waBinary.Node
	for _, id := range ids[1:] {
		items = append(items, stanza.Node("item", waBinary.Attrs{"id": id}, nil))
	}
	return []waBinary.Node{stanza.Node("list", nil, items)}
}

// confirmPhoneMessage sends the delivery receipt of the addressee's phone for a
// message typed on another phone, to that phone's companions.
func (u *User) confirmPhoneMessage(author *User, o sendOptions) {
	u.mu.Lock()
	on := u.autoReceipts
	u.mu.Unlock()
	if on {
		u.sendReceipt(types.ReceiptTypeDelivered, Received{From: author.pn, Chat: u.on(o.addressing.server())}, o.id)
	}
}

// ReadOnPhone reads a chat on the account's own phone: the companions learn
// that the messages, which chat sent, are read.
func (u *User) ReadOnPhone(ctx context.Context, chat types.JID, ids ...string) error {
	if len(ids) == 0 {
		return nil
	}
	attrs := waBinary.Attrs{"id": ids[0], "t": time.Now().Unix(), "type": string(types.ReceiptTypeReadSelf)}
	if g := u.srv.Group(chat); g != nil {
		attrs["from"] = chat
		addParticipant(attrs, u, 0, g.byLID())
	} else {
		attrs["from"], attrs["recipient"] = u.on(chat.Server), chat
	}
	return u.worker.do(ctx, func(context.Context) error {
		for _, c := range u.Companions() {
			c.deliver(stanza.Node("receipt", cloneAttrs(attrs), moreIDs(ids)))
		}
		return nil
	})
}
