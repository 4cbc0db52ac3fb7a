package whatsapp

import (
	"context"
	"errors"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waCommon"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"
	"google.golang.org/protobuf/proto"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/whatsapp/jid"
)

// Votes, answers to events, and some reactions and edits are encrypted with the secret of
// the message that they are about, and with the addresses of both senders.

// sealed is such an encrypted part of a message.
type sealed interface {
	GetEncIV() []byte
	GetEncPayload() []byte
}

// nonceSize is the only length of a nonce with which whatsmeow does not panic.
const nonceSize = 12

var (
	errNonce  = errors.New("the nonce has the wrong length")
	errAuthor = errors.New("it does not say who wrote the message that it is about")
)

// unseal decrypts a sealed part into a message. key names what it is about. Clients differ
// in which addresses of the two senders they encrypt with, so all are tried.
func (a *Account) unseal(c *whatsmeow.Client, m mapper, evt *events.Message, use whatsmeow.MsgSecretType, part sealed, key *waCommon.MessageKey, into proto.Message) error {
	if len(part.GetEncIV()) != nonceSize {
		return errNonce
	}
	first := errAuthor
	for i, s := range m.sealings(evt, key) {
		plain, err := c.DangerousInternals().DecryptMsgSecret(a.ctx, s.evt, use, part, s.key)
		if err == nil {
			return proto.Unmarshal(plain, into)
		}
		if i == 0 {
			first = err
		}
	}
	return first
}

// sealing is a way in which a part may have been encrypted: by the sender of evt, about the
// message of the author that key names.
type sealing struct {
	evt *events.Message
	key *waCommon.MessageKey
}

// sealings returns all ways, beginning with the addresses as they arrived.
func (m mapper) sealings(evt *events.Message, key *waCommon.MessageKey) (all []sealing) {
	author := key.GetParticipant()
	switch s := evt.Info.MessageSource; {
	case key.GetFromMe():
		author = s.Sender.String()
	case jid.IsPhone(s.Chat), jid.IsLID(s.Chat):
		author = key.GetRemoteJID()
	}
	by, err := types.ParseJID(author)
	if err != nil || !jid.IsPhone(by) && !jid.IsLID(by) {
		return nil
	}
	for _, author := range m.forms(by, types.EmptyJID) {
		for _, sender := range m.forms(evt.Info.Sender, evt.Info.SenderAlt) {
			from := *evt
			from.Info.Sender = sender
			text := author.String()
			all = append(all, sealing{&from, &waCommon.MessageKey{ID: key.ID, RemoteJID: &text, Participant: &text}})
		}
	}
	return all
}

// forms returns a person's address and the other one, if it is known.
func (m mapper) forms(j, alt types.JID) []types.JID {
	j = j.ToNonAD()
	if alt.IsEmpty() {
		alt = m.otherAddress(j)
	}
	if alt.IsEmpty() {
		return []types.JID{j}
	}
	return []types.JID{j, alt.ToNonAD()}
}

// otherAddress returns the number of a LID, and the LID of a number; empty if it is not
// known.
func (m mapper) otherAddress(j types.JID) (other types.JID) {
	lookup := func(types.JID) (types.JID, error) { return types.EmptyJID, nil }
	switch {
	case jid.IsLID(j) && j.User == m.myLID.User:
		return m.me
	case jid.IsPhone(j) && j.User == m.me.User:
		return m.myLID
	case m.numbers == nil:
	case j.Server == types.HiddenUserServer:
		lookup = func(j types.JID) (types.JID, error) { return m.numbers.GetPNForLID(context.Background(), j) }
	case j.Server == types.DefaultUserServer:
		lookup = func(j types.JID) (types.JID, error) { return m.numbers.GetLIDForPN(context.Background(), j) }
	}
	other, _ = lookup(j) // without it there is one form less to try
	return other
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
