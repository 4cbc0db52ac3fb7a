package whatsapp

import (
	"context"
	"time"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waCommon"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"google.golang.org/protobuf/proto"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/whatsapp/compose"
	"github.com/wasession/wasession/runtime/whatsapp/jid"
)

// Edit replaces the text, or the caption, of an own message.
func (a *Account) Edit(ctx context.Context, m chat.Message, text string, mentions []chat.ID) (chat.Message, error) {
	post := m.Chat.Kind() == chat.KindNewsletter // any admin may edit those, and longer: WhatsApp says how long
	if !m.FromMe && !post {
		return chat.Message{}, chat.Impossible("only own messages can be edited")
	}
	if !post && time.Since(time.Unix(m.Timestamp, 0)) > whatsmeow.EditWindow {
		return chat.Message{}, chat.ErrTooLate
	}
	edited, err := compose.Edited(m, text, mentions)
	if err != nil {
		return chat.Message{}, err
	}
	msg := &waE2E.Message{EditedMessage: &waE2E.FutureProofMessage{Message: &waE2E.Message{
		ProtocolMessage: &waE2E.ProtocolMessage{
			Type: waE2E.ProtocolMessage_MESSAGE_EDIT.Enum(), EditedMessage: edited,
			Key: &waCommon.MessageKey{
				FromMe: proto.Bool(true), ID: proto.String(m.OnWire()), RemoteJID: proto.String(jid.Of(m.Chat).String()),
			},
			TimestampMS: proto.Int64(time.Now().UnixMilli()),
		},
	}}}
	envelope, err := a.envelopeOut(ctx, m, msg)
	if err != nil {
		return chat.Message{}, err
	}
	info := a.outgoing(m.Chat, envelope.Stanza)
	info.Timestamp, info.IsFromMe = time.Unix(envelope.Timestamp, 0), m.FromMe
	row, _ := a.mapper().message(info, edited, marshal(edited))
	row.FromAPI = true
	return row, a.apply(context.WithoutCancel(ctx), chat.Edited{Message: row, Target: m.Stanza})
}
