package whatsapp

import (
	"context"
	"errors"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waCommon"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/whatsapp/jid"
)

// Votes, and some reactions and edits, are encrypted with the secret of the message
// that they are about, and with the addresses of both senders.

// sealed is such an encrypted part of a message.
type sealed interface{ GetEncIV() []byte }

// nonceSize is the only length of a nonce with which whatsmeow does not panic.
const nonceSize = 12

var errNonce = errors.New("the nonce has the wrong length")

// opened decrypts a sealed part. Which of its addresses the sender encrypted with does
// not show, so decrypt is tried with both.
func opened[T any](m mapper, evt *events.Message, part sealed, decrypt func(*events.Message) (T, error)) (T, error) {
	if len(part.GetEncIV()) != nonceSize {
		return *new(T), errNonce
	}
	got, err := decrypt(evt)
	if err == nil {
		return got, nil
	}
	other := *evt
	if other.Info.Sender = m.otherAddress(evt.Info.MessageSource); other.Info.Sender.IsEmpty() {
		return got, err
	}
	if again, otherErr := decrypt(&other); otherErr == nil {
		return again, nil
	}
	return got, err
}

// otherAddress returns the LID of a sender who is named by number, and the number of
// one who is named by LID; empty if it is not known.
func (m mapper) otherAddress(s types.MessageSource) types.JID {
	switch {
	case !s.SenderAlt.IsEmpty():
		return s.SenderAlt
	case s.IsFromMe && jid.IsLID(s.Sender):
		return m.me
	case s.IsFromMe:
		return m.myLID
	}
	return types.EmptyJID
}

// subjectOf is target with the author's number, where it is known.
func (m mapper) subjectOf(s types.MessageSource, key *waCommon.MessageKey) chat.MessageID {
	id := m.target(s, key)
	if id.Participant.IsLID() {
		id.Participant = m.person(jid.Of(id.Participant), types.EmptyJID)
	}
	return id
}

// subject returns what whatsmeow needs to know of a stored message to encrypt something
// about it: with the sender that is stored beside the secret, because the same form of
// address must be encrypted with.
func (a *Account) subject(ctx context.Context, c *whatsmeow.Client, m chat.Message) (types.MessageInfo, error) {
	author := m.Participant
	switch {
	case m.FromMe:
		author = a.Me().ID
	case author == "":
		author = m.Chat
	}
	for _, id := range []chat.ID{m.Chat, m.Arrived} {
		if id == "" {
			continue
		}
		secret, sender, err := c.Store.MsgSecrets.GetMessageSecret(ctx, jid.Of(id), jid.Of(author), m.OnWire())
		if err != nil {
			return types.MessageInfo{}, err
		}
		if len(secret) > 0 {
			return types.MessageInfo{ID: m.OnWire(), MessageSource: types.MessageSource{
				Chat: jid.Of(id), Sender: sender, IsFromMe: m.FromMe, IsGroup: m.Chat.HasParticipants(),
			}}, nil
		}
	}
	return types.MessageInfo{}, chat.Impossible("the message's secret is not stored, because the session was not linked yet when it was sent")
}
