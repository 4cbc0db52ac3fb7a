package simulator

import (
	"context"
	"fmt"
	"time"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"google.golang.org/protobuf/proto"

	"github.com/wasession/wasession/test/simulator/stanza"
)

// sentLimit bounds how many sent messages a phone can send again.
const sentLimit = 20_000

// sentMessage is what a phone needs to send a message again.
type sentMessage struct {
	plain []byte
	copy  []byte // what own companions get instead, if different
	attrs func(*Companion) waBinary.Attrs
	media string
	group types.JID // for the sender key in a resent message
	chat  types.JID // the group, or the addressee
}

// outbound is a message for one companion.
type outbound struct {
	id      string
	plain   []byte
	attrs   waBinary.Attrs
	media   string
	count   int             // number of the retry, 0 for the first time
	shared  []waBinary.Node // goes after the companion's own <enc>
	garbled bool
}

// SendText sends a text from the phone and returns the message's id.
func (u *User) SendText(ctx context.Context, to *User, text string, opts ...SendOption) (string, error) {
	return u.Send(ctx, to, TextMessage(text), opts...)
}

// TextMessage returns a plain text message.
func TextMessage(text string) *waE2E.Message {
	return &waE2E.Message{Conversation: proto.String(text)}
}

// Send sends a message from the phone and returns its id. It goes to the phone
// and all companions of the addressee, and as a copy to the companions of the
// sender: sent by a contact, it is an incoming message of the account under
// test; sent by that account's own phone, it is one typed on the phone. Send
// does not wait for clients to receive it.
func (u *User) Send(ctx context.Context, to *User, msg *waE2E.Message, opts ...SendOption) (string, error) {
	o := u.options(opts)
	err := u.worker.do(ctx, func(ctx context.Context) error { return u.sendDirect(ctx, to, msg, o) })
	return o.id, err
}

// SendMany sends texts one after another and returns their ids.
func (u *User) SendMany(ctx context.Context, to *User, texts []string, opts ...SendOption) ([]string, error) {
	ids := make([]string, 0, len(texts))
	err := u.worker.do(ctx, func(ctx context.Context) error {
		for _, text := range texts {
			o := u.options(opts)
			if err := u.sendDirect(ctx, to, TextMessage(text), o); err != nil {
				return err
			}
			ids = append(ids, o.id)
		}
		return nil
	})
	return ids, err
}

// sendDirect runs on the phone's worker.
func (u *User) sendDirect(ctx context.Context, to *User, msg *waE2E.Message, o sendOptions) error {
	plain, err := proto.Marshal(msg)
	if err != nil {
		return fmt.Errorf("marshal message: %w", err)
	}
	copyPlain, err := proto.Marshal(&waE2E.Message{
		DeviceSentMessage: &waE2E.DeviceSentMessage{
			DestinationJID: proto.String(to.on(o.addressing.server()).String()),
			Message:        msg,
		},
		MessageContextInfo: msg.GetMessageContextInfo(),
	})
	if err != nil {
		return fmt.Errorf("marshal copy: %w", err)
	}
	attrs := u.directAttrs(to, msg, o)
	u.remember(o.id, &sentMessage{plain: plain, copy: copyPlain, attrs: attrs, media: stanza.MediaType(msg), chat: to.lid})
	if to != u {
		u.meet(to.pn)
		to.meet(u.pn)
	}
	if to != u && !to.blocks(u) {
		to.receive(Received{
			Kind: KindMessage, ID: o.id, From: u.pn, Chat: to.on(o.addressing.server()),
			Message: msg, Edit: stanza.Edit(msg), Time: o.time,
		})
		for _, c := range to.Companions() {
			err = u.transmit(ctx, c, outbound{
				id: o.id, plain: plain, attrs: attrs(c), media: stanza.MediaType(msg), garbled: o.garbled,
			})
			if err != nil {
				return err
			}
		}
	}
	own := u.Companions()
	for _, c := range own {
		err = u.transmit(ctx, c, outbound{
			id: o.id, plain: copyPlain, attrs: attrs(c), media: stanza.MediaType(msg), garbled: o.garbled,
		})
		if err != nil {
			return err
		}
	}
	if len(own) > 0 && to != u {
		to.confirmPhoneMessage(u, o)
	}
	return nil
}

// directAttrs returns the attributes of a direct message for a companion of
// the addressee or of the sender.
func (u *User) directAttrs(to *User, msg *waE2E.Message, o sendOptions) func(*Companion) waBinary.Attrs {
	return func(c *Companion) waBinary.Attrs {
		attrs := waBinary.Attrs{
			"t": o.time.Unix(), "type": stanza.MessageType(msg), "notify": o.pushName, "edit": stanza.Edit(msg),
		}
		if c.user == u {
			attrs["from"] = u.on(o.addressing.server())
			attrs["recipient"] = to.on(o.addressing.server())
			switch o.addressing {
			case AddressLID:
				attrs["peer_recipient_pn"] = to.pn
			case AddressPNWithLID:
				attrs["peer_recipient_lid"] = to.lid
			}
			return attrs
		}
		switch o.addressing {
		case AddressPN:
			attrs["from"] = u.pn
		default:
			addSender(attrs, u, 0, o.addressing == AddressLID)
		}
		return attrs
	}
}

// remember keeps a message for companions that ask for it again.
func (u *User) remember(id string, m *sentMessage) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.sent[id] = m
	u.sentOrder = append(u.sentOrder, id)
	if len(u.sentOrder) > sentLimit {
		for _, old := range u.sentOrder[:sentLimit/4] {
			delete(u.sent, old)
		}
		u.sentOrder = append([]string(nil), u.sentOrder[sentLimit/4:]...)
	}
}

func (u *User) rememberPeer(id string, plain []byte) {
	u.remember(id, &sentMessage{plain: plain, attrs: func(*Companion) waBinary.Attrs {
		return waBinary.Attrs{"from": u.pn, "category": "peer", "type": "text", "t": time.Now().Unix()}
	}})
}

// transmit encrypts a message for a companion and queues it. It runs on the
// phone's worker.
func (u *User) transmit(ctx context.Context, c *Companion, m outbound) error {
	node, err := u.seal(ctx, c, m)
	if err != nil {
		return err
	}
	c.deliver(node)
	return nil
}

// seal encrypts a message for a companion. It runs on the phone's worker.
func (u *User) seal(ctx context.Context, c *Companion, m outbound) (waBinary.Node, error) {
	peer := c.JID()
	if !u.phone().HasSession(ctx, peer) {
		c.user.mu.Lock()
		bundle := c.takeBundle()
		c.user.mu.Unlock()
		if err := u.phone().StartSession(ctx, peer, bundle); err != nil {
			return waBinary.Node{}, err
		}
	}
	typ, ciphertext, err := u.phone().Encrypt(ctx, peer, m.plain)
	if err != nil {
		return waBinary.Node{}, err
	}
	u.markDirty()
	if m.garbled {
		ciphertext[len(ciphertext)-1] ^= 0xFF
	}
	enc := stanza.Node("enc", waBinary.Attrs{"v": "2", "type": typ, "mediatype": m.media}, ciphertext)
	if m.count > 0 {
		enc.Attrs["count"] = m.count
	}
	m.attrs["id"] = m.id
	return stanza.Node("message", m.attrs, append([]waBinary.Node{enc}, m.shared...)), nil
}

// SendUnavailable sends a message that only the addressee's phone gets: its
// companions learn that it exists, with a type such as "view_once", and may ask
// the phone for it.
func (u *User) SendUnavailable(ctx context.Context, to *User, msg *waE2E.Message, typ string, opts ...SendOption) (string, error) {
	o := u.options(opts)
	err := u.worker.do(ctx, func(context.Context) error {
		to.receive(Received{
			Kind: KindMessage, ID: o.id, From: u.pn, Chat: to.on(o.addressing.server()), Message: msg, Time: o.time,
		})
		attrs := u.directAttrs(to, msg, o)
		for _, c := range to.Companions() {
			node := stanza.Node("message", attrs(c), []waBinary.Node{
				stanza.Node("unavailable", waBinary.Attrs{"type": typ}, nil),
			})
			node.Attrs["id"] = o.id
			c.deliver(node)
		}
		return nil
	})
	return o.id, err
}
