package whatsapp

import (
	"go.mau.fi/whatsmeow/proto/waCommon"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"
	"google.golang.org/protobuf/proto"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/whatsapp/content"
	"github.com/wasession/wasession/runtime/whatsapp/jid"
)

// messageChanges translates a message: a new row, or a change of an existing one.
// Other protocol messages and keys cause no change.
func (m mapper) messageChanges(evt *events.Message) []chat.Change {
	if isPost(&evt.Info) {
		return m.postChanges(evt)
	}
	msg := content.Unwrap(evt.Message)
	envelope := m.envelope(evt.Info)
	if envelope.Chat == "" {
		return nil
	}
	switch {
	case msg.GetProtocolMessage() != nil:
		return m.protocolChanges(evt, envelope, msg.GetProtocolMessage())
	case msg.GetReactionMessage() != nil:
		r := msg.GetReactionMessage()
		return []chat.Change{chat.Reacted{
			Message: envelope, Target: m.target(evt.Info.MessageSource, r.GetKey()),
			Text: r.GetText(), Timestamp: envelope.Timestamp,
		}}
	case msg.GetPinInChatMessage() != nil:
		return []chat.Change{pinned(envelope, msg)}
	}
	row, ok := m.message(evt.Info, msg, marshal(evt.RawMessage))
	if !ok {
		return nil
	}
	return []chat.Change{chat.MessageReceived{Message: row}}
}

// protocolChanges translates the protocol messages that people cause: deletions
// for everyone and edits.
func (m mapper) protocolChanges(evt *events.Message, envelope chat.Message, p *waE2E.ProtocolMessage) []chat.Change {
	target := chat.SafeStanza(p.GetKey().GetID())
	if target == "" {
		return nil
	}
	switch p.GetType() {
	case waE2E.ProtocolMessage_REVOKE:
		return []chat.Change{chat.Revoked{Message: envelope, Target: target}}
	case waE2E.ProtocolMessage_MESSAGE_EDIT:
		row, ok := m.message(evt.Info, content.Unwrap(p.GetEditedMessage()), marshal(p.GetEditedMessage()))
		if !ok {
			return nil
		}
		return []chat.Change{chat.Edited{Message: row, Target: target}}
	}
	return nil
}

// pinned translates a pin for everyone in a chat.
func pinned(envelope chat.Message, msg *waE2E.Message) chat.PinnedMessage {
	p := msg.GetPinInChatMessage()
	change := chat.PinnedMessage{Chat: envelope.Chat, Stanza: chat.SafeStanza(p.GetKey().GetID())}
	if p.GetType() == waE2E.PinInChatMessage_PIN_FOR_ALL {
		const week = 7 * 24 * 60 * 60 // the default of phones
		seconds := int64(msg.GetMessageContextInfo().GetMessageAddOnDurationInSecs())
		if seconds == 0 {
			seconds = week
		}
		change.Until = envelope.Timestamp + seconds
	}
	return change
}

// target returns the message that a key refers to. Keys are written from the
// sender's point of view: "from me" means the sender's own message.
func (m mapper) target(s types.MessageSource, key *waCommon.MessageKey) chat.MessageID {
	p := m.sourceOf(s)
	id := chat.MessageID{Chat: p.chat, Stanza: chat.SafeStanza(key.GetID()), FromMe: s.IsFromMe == key.GetFromMe()}
	if !p.chat.HasParticipants() {
		return id
	}
	id.Participant = m.personOf(key.GetParticipant())
	if key.GetFromMe() || id.Participant == "" {
		id.Participant = p.participant
	}
	id.FromMe = id.Participant == jid.ChatID(m.me)
	return id
}

// marshal serialises a message. One that was just decoded always encodes.
func marshal(m *waE2E.Message) []byte {
	if m == nil {
		return nil
	}
	raw, err := proto.Marshal(m)
	if err != nil {
		return nil
	}
	return raw
}
