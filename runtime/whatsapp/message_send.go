package whatsapp

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"google.golang.org/protobuf/proto"

	"github.com/wasession/wasession/runtime/chat"
)

// sendPatience is how long WhatsApp may take to acknowledge a message.
const sendPatience = 30 * time.Second

// Send sends a message and keeps it: it is in the store, PENDING, before it
// leaves, and SERVER or ERROR once WhatsApp has answered. ErrUnanswered leaves
// it PENDING, for it may have left.
func (a *Account) Send(ctx context.Context, to chat.ID, msg *waE2E.Message) (chat.Message, error) {
	c, err := a.online()
	if err != nil {
		return chat.Message{}, err
	}
	row, ok := a.mapper().message(a.outgoing(to, c.GenerateMessageID()), unwrap(msg), marshal(msg))
	if !ok {
		return chat.Message{}, errors.New("send: the message has no content")
	}
	row.FromAPI, row.Ack = true, chat.AckPending
	if err := a.opts.Handler.Apply(ctx, chat.MessageReceived{Message: row}); err != nil {
		return chat.Message{}, err
	}
	at, err := a.transmit(ctx, c, to, row.Stanza, msg)
	row.Ack = chat.AckServer
	if errors.Is(err, ErrUnanswered) {
		return row, err
	}
	if err != nil {
		row.Ack = chat.AckError
	}
	// Whatever became of the caller, the answer is written down.
	ack := chat.AckChanged{Chat: row.Chat, Stanzas: []string{row.Stanza}, Ack: row.Ack, Timestamp: unix(at)}
	return row, errors.Join(err, a.opts.Handler.Apply(context.WithoutCancel(ctx), ack))
}

// transmit sends a message that is no row: an edit, a pin, a reaction. It
// returns the time at which WhatsApp took it.
func (a *Account) transmit(ctx context.Context, c *whatsmeow.Client, to chat.ID, stanza string, msg *waE2E.Message) (time.Time, error) {
	resp, err := c.SendMessage(ctx, jidOf(to), msg, whatsmeow.SendRequestExtra{ID: stanza, Timeout: sendPatience})
	if err != nil {
		return time.Time{}, fmt.Errorf("send to WhatsApp: %w", failure(err))
	}
	return resp.Timestamp, nil
}

// outgoing is what comes along with a message of one's own.
func (a *Account) outgoing(to chat.ID, stanza string) types.MessageInfo {
	j := jidOf(to)
	return types.MessageInfo{
		MessageSource: types.MessageSource{
			Chat: j, Sender: a.ownJID(), IsFromMe: true,
			IsGroup: j.Server == types.GroupServer || j.Server == types.BroadcastServer,
		},
		ID: stanza, Timestamp: time.Now(),
	}
}

// envelopeOut sends a message that is no row and returns its envelope.
func (a *Account) envelopeOut(ctx context.Context, to chat.ID, msg *waE2E.Message) (chat.Message, error) {
	c, err := a.online()
	if err != nil {
		return chat.Message{}, err
	}
	stanza := c.GenerateMessageID()
	at, err := a.transmit(ctx, c, to, stanza, msg)
	if err != nil {
		return chat.Message{}, err
	}
	envelope := a.mapper().envelope(a.outgoing(to, stanza))
	if !at.IsZero() {
		envelope.Timestamp = unix(at)
	}
	envelope.FromAPI = true
	return envelope, nil
}

// Pin pins a message for everybody in its chat; a zero duration unpins it.
func (a *Account) Pin(ctx context.Context, m chat.Message, d time.Duration) error {
	pin := &waE2E.PinInChatMessage{
		Key: keyOf(m.Chat, m), Type: waE2E.PinInChatMessage_UNPIN_FOR_ALL.Enum(),
		SenderTimestampMS: proto.Int64(time.Now().UnixMilli()),
	}
	msg := &waE2E.Message{PinInChatMessage: pin}
	if d > 0 {
		pin.Type = waE2E.PinInChatMessage_PIN_FOR_ALL.Enum()
		msg.MessageContextInfo = &waE2E.MessageContextInfo{MessageAddOnDurationInSecs: proto.Uint32(uint32(d.Seconds()))}
	}
	envelope, err := a.envelopeOut(ctx, m.Chat, msg)
	if err != nil {
		return err
	}
	return a.opts.Handler.Apply(context.WithoutCancel(ctx), pinned(envelope, msg))
}

// Revoke deletes a message for everyone and returns the revocation.
func (a *Account) Revoke(ctx context.Context, m chat.Message) (chat.Message, error) {
	msg := &waE2E.Message{ProtocolMessage: &waE2E.ProtocolMessage{
		Type: waE2E.ProtocolMessage_REVOKE.Enum(), Key: keyOf(m.Chat, m),
	}}
	envelope, err := a.envelopeOut(ctx, m.Chat, msg)
	if err != nil {
		return chat.Message{}, err
	}
	return envelope, a.opts.Handler.Apply(context.WithoutCancel(ctx), chat.Revoked{Message: envelope, Target: m.Stanza})
}

// React sets one's reaction to a message; an empty text takes it back.
func (a *Account) React(ctx context.Context, m chat.Message, text string) (chat.Message, error) {
	msg := &waE2E.Message{ReactionMessage: &waE2E.ReactionMessage{
		Key: keyOf(m.Chat, m), Text: proto.String(text), SenderTimestampMS: proto.Int64(time.Now().UnixMilli()),
	}}
	envelope, err := a.envelopeOut(ctx, m.Chat, msg)
	if err != nil {
		return chat.Message{}, err
	}
	return envelope, a.opts.Handler.Apply(context.WithoutCancel(ctx), chat.Reacted{
		Message: envelope, Target: m.ID(), Text: text, Timestamp: envelope.Timestamp,
	})
}
