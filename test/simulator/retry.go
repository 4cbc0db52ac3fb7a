package simulator

import (
	"context"
	"time"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"google.golang.org/protobuf/proto"
)

// handleRetry handles a client's request to send again a message that it could
// not decrypt.
func (c *conn) handleRetry(n *waBinary.Node) {
	key := messageKey(n)
	comp := c.companion
	c.user.mu.Lock()
	if comp.settle(key) {
		comp.retried[key.id] = struct{}{}
	} else {
		comp.unAck(key.id)
	}
	c.user.mu.Unlock()

	author, _ := n.Attrs["to"].(types.JID)
	if author.Server == types.GroupServer || author.Server == types.BroadcastServer {
		author, _ = n.Attrs["participant"].(types.JID)
	}
	sender := c.srv.UserByJID(author)
	if sender == nil {
		return
	}
	if author.Device == 0 {
		sender.worker.post(func(ctx context.Context) { sender.resend(ctx, comp, n) })
		return
	}
	sender.mu.Lock()
	other := sender.companions[author.Device]
	sender.mu.Unlock()
	if other != nil {
		other.deliver(forwardRetry(comp, n))
	}
}

// forwardRetry returns the request for the client that sent the message.
func forwardRetry(from *Companion, n *waBinary.Node) waBinary.Node {
	out := *n
	out.Attrs = cloneAttrs(n.Attrs)
	delete(out.Attrs, "to")
	out.Attrs["t"] = time.Now().Unix()
	to, _ := n.Attrs["to"].(types.JID)
	switch {
	case to.Server == types.GroupServer || to.Server == types.BroadcastServer:
		participant, _ := n.Attrs["participant"].(types.JID)
		out.Attrs["from"] = to
		out.Attrs["participant"] = withDevice(from.user.on(participant.Server), from.device)
	default:
		out.Attrs["from"] = withDevice(from.user.on(to.Server), from.device)
	}
	return out
}

// resend sends a message again from the phone. It runs on the phone's worker.
func (u *User) resend(ctx context.Context, c *Companion, n *waBinary.Node) {
	id := jidText(n.Attrs["id"])
	u.mu.Lock()
	sent := u.sent[id]
	u.mu.Unlock()
	if sent == nil {
		u.srv.log.Warn("The phone does not know the message to resend", "phone", u.pn, "id", id)
		return
	}
	u.phone().GiveUpSession(c.JID())
	if bundle, ok := parseBundle(n); ok {
		if err := u.phone().StartSession(ctx, c.JID(), bundle); err != nil {
			u.srv.log.Error("Failed to use the keys of a retry receipt", "error", err)
		}
	}
	plain := sent.plain
	if c.user == u && sent.copy != nil {
		plain = sent.copy
	}
	if !sent.group.IsEmpty() {
		var err error
		if plain, err = u.withSenderKey(ctx, sent.group, plain); err != nil {
			u.srv.log.Error("Failed to add a sender key", "error", err)
			return
		}
	}
	retry := n.GetChildByTag("retry")
	err := u.transmit(ctx, c, outbound{
		id: id, plain: plain, attrs: sent.attrs(c), media: sent.media,
		count: retry.AttrGetter().OptionalInt("count"),
	})
	if err != nil {
		u.srv.log.Error("Failed to resend a message", "phone", u.pn, "id", id, "error", err)
	}
}

// withSenderKey adds the phone's sender key of a group to a message.
func (u *User) withSenderKey(ctx context.Context, group types.JID, plain []byte) ([]byte, error) {
	msg := &waE2E.Message{}
	if err := proto.Unmarshal(plain, msg); err != nil {
		return nil, err
	}
	skdm, err := u.senderKeyMessage(ctx, group)
	if err != nil {
		return nil, err
	}
	msg.SenderKeyDistributionMessage = skdm
	return proto.Marshal(msg)
}

func (u *User) senderKeyMessage(ctx context.Context, group types.JID) (*waE2E.SenderKeyDistributionMessage, error) {
	key, err := u.phone().Distribution(ctx, group, u.pn)
	if err != nil {
		return nil, err
	}
	return &waE2E.SenderKeyDistributionMessage{
		GroupID:                             proto.String(group.String()),
		AxolotlSenderKeyDistributionMessage: key,
	}, nil
}
