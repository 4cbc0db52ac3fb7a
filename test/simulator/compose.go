package simulator

import (
	"context"
	"time"

	"go.mau.fi/whatsmeow/proto/waCommon"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"google.golang.org/protobuf/proto"
)

// keyOf returns the key of a message. chat is the chat as the sender of the key
// sees it.
func keyOf(chat types.JID, id string, fromMe bool) *waCommon.MessageKey {
	return &waCommon.MessageKey{
		RemoteJID: proto.String(chat.String()), FromMe: proto.Bool(fromMe), ID: proto.String(id),
	}
}

// React sends a reaction to a message in the chat with an account; own says
// whether the phone sent the message. The empty emoji removes the reaction.
func (u *User) React(ctx context.Context, to *User, id string, own bool, emoji string) error {
	_, err := u.Send(ctx, to, ReactionMessage(to.lid, id, own, emoji))
	return err
}

// ReactionMessage returns a reaction to a message. For another member's message
// in a group, set Key.Participant.
func ReactionMessage(chat types.JID, id string, own bool, emoji string) *waE2E.Message {
	return &waE2E.Message{ReactionMessage: &waE2E.ReactionMessage{
		Key: keyOf(chat, id, own), Text: proto.String(emoji),
		SenderTimestampMS: proto.Int64(time.Now().UnixMilli()),
	}}
}

// Edit changes the text of a message that the phone sent to an account.
func (u *User) Edit(ctx context.Context, to *User, id, text string) error {
	_, err := u.Send(ctx, to, EditMessage(to.lid, id, text))
	return err
}

// EditMessage returns an edit of one's own message.
func EditMessage(chat types.JID, id, text string) *waE2E.Message {
	return &waE2E.Message{EditedMessage: &waE2E.FutureProofMessage{Message: &waE2E.Message{
		ProtocolMessage: &waE2E.ProtocolMessage{
			Key: keyOf(chat, id, true), Type: waE2E.ProtocolMessage_MESSAGE_EDIT.Enum(),
			EditedMessage: TextMessage(text), TimestampMS: proto.Int64(time.Now().UnixMilli()),
		},
	}}}
}

// Revoke deletes a message that the phone sent to an account, for everybody.
func (u *User) Revoke(ctx context.Context, to *User, id string) error {
	_, err := u.Send(ctx, to, RevokeMessage(to.lid, id))
	return err
}

// RevokeMessage returns the deletion of one's own message for everybody.
func RevokeMessage(chat types.JID, id string) *waE2E.Message {
	return &waE2E.Message{ProtocolMessage: &waE2E.ProtocolMessage{
		Key: keyOf(chat, id, true), Type: waE2E.ProtocolMessage_REVOKE.Enum(),
	}}
}
