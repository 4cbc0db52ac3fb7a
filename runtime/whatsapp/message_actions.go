package whatsapp

import (
	"context"
	"time"

	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"google.golang.org/protobuf/proto"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/whatsapp/jid"
)

// outgoing returns the metadata of an own message.
func (a *Account) outgoing(to chat.ID, stanza string) types.MessageInfo {
	j := jid.Of(to)
	return types.MessageInfo{
		MessageSource: types.MessageSource{
			Chat: j, Sender: a.ownJID(), IsFromMe: true,
			IsGroup: j.Server == types.GroupServer || j.Server == types.BroadcastServer,
		},
		ID: stanza, Timestamp: time.Now(),
	}
}

// envelopeOut sends what is done to a message and not stored as one, such as a reaction,
// and returns its envelope. Viewers are those of a status who hear of it, if not all whom
// it concerns.
func (a *Account) envelopeOut(ctx context.Context, about chat.Message, msg *waE2E.Message, viewers ...chat.ID) (chat.Message, error) {
	c, err := a.online()
	if err != nil {
		return chat.Message{}, err
	}
	if len(viewers) == 0 {
		viewers = concerned(about)
	}
	if err := a.choosable(ctx, c, viewers); err != nil {
		return chat.Message{}, err
	}
	stanza := c.GenerateMessageID()
	at, err := a.transmit(toAudience(ctx, viewers), c, about.Chat, stanza, msg, "")
	if err != nil {
		return chat.Message{}, err
	}
	envelope := a.mapper().envelope(a.outgoing(about.Chat, stanza))
	if !at.IsZero() {
		envelope.Timestamp = unix(at)
	}
	envelope.FromAPI = true
	return envelope, nil
}

// Pin pins a message for everyone in its chat; a zero duration unpins it.
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
	envelope, err := a.envelopeOut(ctx, m, msg)
	if err != nil {
		return err
	}
	return a.apply(context.WithoutCancel(ctx), pinned(envelope, msg))
}

// Revoke deletes a message for everyone and returns the revocation. A status is deleted
// for its viewers: those it was published to if none are given.
func (a *Account) Revoke(ctx context.Context, m chat.Message, viewers ...chat.ID) (chat.Message, error) {
	msg := &waE2E.Message{ProtocolMessage: &waE2E.ProtocolMessage{
		Type: waE2E.ProtocolMessage_REVOKE.Enum(), Key: keyOf(m.Chat, m),
	}}
	envelope, err := a.envelopeOut(ctx, m, msg, viewers...)
	if err != nil {
		return chat.Message{}, err
	}
	return envelope, a.apply(context.WithoutCancel(ctx), chat.Revoked{Message: envelope, Target: m.Stanza})
}

// React sets the own reaction to a message; an empty text removes it.
func (a *Account) React(ctx context.Context, m chat.Message, text string) (chat.Message, error) {
	react := a.sendReaction
	if m.Chat.Kind() == chat.KindNewsletter {
		react = a.reactToPost
	}
	envelope, err := react(ctx, m, text)
	if err != nil {
		return chat.Message{}, err
	}
	return envelope, a.apply(context.WithoutCancel(ctx), chat.Reacted{
		Message: envelope, Target: m.ID(), Text: text, Timestamp: envelope.Timestamp,
	})
}

func (a *Account) sendReaction(ctx context.Context, m chat.Message, text string) (chat.Message, error) {
	return a.envelopeOut(ctx, m, &waE2E.Message{ReactionMessage: &waE2E.ReactionMessage{
		Key: keyOf(m.Chat, m), Text: proto.String(text), SenderTimestampMS: proto.Int64(time.Now().UnixMilli()),
	}})
}
