package whatsapp

import (
	"context"
	"time"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waCommon"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"google.golang.org/protobuf/proto"

	"github.com/wasession/wasession/runtime/chat"
)

// Edit replaces the text, or the caption, of a message of one's own.
func (a *Account) Edit(ctx context.Context, m chat.Message, text string, mentions []chat.ID) (chat.Message, error) {
	if !m.FromMe {
		return chat.Message{}, chat.Impossible("only own messages can be edited")
	}
	if time.Since(time.Unix(m.Timestamp, 0)) > whatsmeow.EditWindow {
		return chat.Message{}, chat.ErrTooLate
	}
	content, err := edited(m, text, mentions)
	if err != nil {
		return chat.Message{}, err
	}
	msg := &waE2E.Message{EditedMessage: &waE2E.FutureProofMessage{Message: &waE2E.Message{
		ProtocolMessage: &waE2E.ProtocolMessage{
			Type: waE2E.ProtocolMessage_MESSAGE_EDIT.Enum(), EditedMessage: content,
			Key: &waCommon.MessageKey{
				FromMe: proto.Bool(true), ID: proto.String(m.OnWire()), RemoteJID: proto.String(jidOf(m.Chat).String()),
			},
			TimestampMS: proto.Int64(time.Now().UnixMilli()),
		},
	}}}
	envelope, err := a.envelopeOut(ctx, m.Chat, msg)
	if err != nil {
		return chat.Message{}, err
	}
	info := a.outgoing(m.Chat, envelope.Stanza)
	info.Timestamp = time.Unix(envelope.Timestamp, 0)
	row, _ := a.mapper().message(info, content, marshal(content))
	row.FromAPI = true
	return row, a.apply(context.WithoutCancel(ctx), chat.Edited{Message: row, Target: m.Stanza})
}

// edited is a message's content with another text. Media keep everything but
// their caption.
func edited(m chat.Message, text string, mentions []chat.ID) (*waE2E.Message, error) {
	context := &waE2E.ContextInfo{MentionedJID: mentionsOf(mentions)}
	if m.Media == nil {
		if m.Type != chat.TypeText {
			return nil, chat.Impossiblef("messages of type %s have no text to edit", m.Type)
		}
		return &waE2E.Message{ExtendedTextMessage: &waE2E.ExtendedTextMessage{Text: proto.String(text), ContextInfo: context}}, nil
	}
	var raw waE2E.Message
	if err := proto.Unmarshal(m.Raw, &raw); err != nil {
		return nil, chat.Impossible("the message is no longer known in full")
	}
	inner := unwrap(&raw)
	switch {
	case inner.ImageMessage != nil:
		inner.ImageMessage.Caption, inner.ImageMessage.ContextInfo = proto.String(text), context
		return &waE2E.Message{ImageMessage: inner.ImageMessage}, nil
	case videoOf(inner) != nil:
		v := videoOf(inner)
		v.Caption, v.ContextInfo = proto.String(text), context
		return &waE2E.Message{VideoMessage: v}, nil
	case inner.DocumentMessage != nil:
		inner.DocumentMessage.Caption, inner.DocumentMessage.ContextInfo = proto.String(text), context
		return &waE2E.Message{DocumentMessage: inner.DocumentMessage}, nil
	}
	return nil, chat.Impossiblef("messages of type %s have no caption to edit", m.Type)
}

// mentionsOf are people as messages mention them.
func mentionsOf(ids []chat.ID) []string {
	var out []string
	for _, id := range ids {
		out = append(out, jidOf(id).String())
	}
	return out
}
