package compose

import (
	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/whatsapp/content"
	"github.com/wasession/wasession/runtime/whatsapp/jid"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"google.golang.org/protobuf/proto"
)

// Edited returns a message's content with a new text. Media keep everything but
// their caption.
func Edited(m chat.Message, text string, mentions []chat.ID) (*waE2E.Message, error) {
	context := &waE2E.ContextInfo{MentionedJID: mentionsOf(mentions)}
	if m.Media == nil {
		if m.Type != chat.TypeText {
			return nil, chat.Impossiblef("messages of type %s have no text to edit", m.Type)
		}
		return &waE2E.Message{ExtendedTextMessage: &waE2E.ExtendedTextMessage{Text: proto.String(text), ContextInfo: context}}, nil
	}
	var raw waE2E.Message
	if err := proto.Unmarshal(m.Raw, &raw); err != nil {
		return nil, chat.Impossible("the message is not stored in full")
	}
	inner := content.Unwrap(&raw)
	switch {
	case inner.ImageMessage != nil:
		inner.ImageMessage.Caption, inner.ImageMessage.ContextInfo = proto.String(text), context
		return &waE2E.Message{ImageMessage: inner.ImageMessage}, nil
	case content.Video(inner) != nil:
		v := content.Video(inner)
		v.Caption, v.ContextInfo = proto.String(text), context
		return &waE2E.Message{VideoMessage: v}, nil
	case inner.DocumentMessage != nil:
		inner.DocumentMessage.Caption, inner.DocumentMessage.ContextInfo = proto.String(text), context
		return &waE2E.Message{DocumentMessage: inner.DocumentMessage}, nil
	}
	return nil, chat.Impossiblef("messages of type %s have no caption to edit", m.Type)
}

// mentionsOf returns the JIDs of the people mentioned.
func mentionsOf(ids []chat.ID) []string {
	var out []string
	for _, id := range ids {
		out = append(out, jid.Of(id).String())
	}
	return out
}
