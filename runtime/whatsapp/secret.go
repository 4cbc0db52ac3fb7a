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
	author, ok := m.author(evt, key)
	if !ok {
		return errAuthor
	}
	if !m.isOwn(author) {
		// The sender chose the author. whatsmeow remembers each address that it is asked
		// about, so it is only asked about those who wrote something.
		secret, _, err := c.Store.MsgSecrets.GetMessageSecret(a.ctx, evt.Info.Chat, author, key.GetID())
		if err != nil {
			return err
		}
		if len(secret) == 0 {
			return whatsmeow.ErrOriginalMessageSecretNotFound
		}
	}
	var first error
	for _, s := range m.sealings(evt, author, key) {
		plain, err := c.DangerousInternals().DecryptMsgSecret(a.ctx, s.evt, use, part, s.key)
		if err == nil {
			return proto.Unmarshal(plain, into)
		}
		if first == nil {
			first = withoutAddresses(err)
		}
	}
	return first
}

// withoutAddresses returns the cause of an error of whatsmeow, to which that adds the
// addresses of the senders. They must not be logged.
func withoutAddresses(err error) error {
	if cause := errors.Unwrap(err); cause != nil {
		return cause
	}
	return err
}

// author returns the address of who wrote the message that a key names.
func (m mapper) author(evt *events.Message, key *waCommon.MessageKey) (by types.JID, ok bool) {
	s, text := evt.Info.MessageSource, key.GetParticipant()
	switch {
	case key.GetFromMe():
		return s.Sender, true
	case jid.IsPhone(s.Chat), jid.IsLID(s.Chat):
		text = key.GetRemoteJID()
	}
	by, err := types.ParseJID(text)
	return by, err == nil && (jid.IsPhone(by) || jid.IsLID(by)) && jid.ChatID(by) != ""
}

// sealing is a way in which a part may have been encrypted: by the sender of evt, about the
// message of the author that key names.
type sealing struct {
	evt *events.Message
	key *waCommon.MessageKey
}

// sealings returns all ways, beginning with the addresses as they arrived.
func (m mapper) sealings(evt *events.Message, by types.JID, key *waCommon.MessageKey) (all []sealing) {
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
// known: then there is one form less to try.
func (m mapper) otherAddress(j types.JID) (other types.JID) {
	switch {
	case jid.IsLID(j) && j.User == m.myLID.User:
		return m.me
	case jid.IsPhone(j) && j.User == m.me.User:
		return m.myLID
	case m.numbers == nil:
	case j.Server == types.HiddenUserServer:
		other, _ = m.numbers.GetPNForLID(context.Background(), j)
	case j.Server == types.DefaultUserServer:
		other, _ = m.numbers.GetLIDForPN(context.Background(), j)
	}
	return other
}

// named returns the stored message that a key refers to. If there is none, it has only the
// ID, as the sender wrote it.
func (a *Account) named(m mapper, s types.MessageSource, key *waCommon.MessageKey) chat.Message {
	id := m.target(s, key)
	row, err := a.opts.Handler.Message(a.ctx, id.Chat, id.Stanza)
	if err == nil {
		return row
	}
	if !errors.Is(err, chat.ErrNotFound) {
		a.log.Error("Failed to read the message that a vote or an answer is about", "error", err)
	}
	return chat.Message{Chat: id.Chat, Stanza: id.Stanza, FromMe: id.FromMe, Participant: id.Participant}
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
