package whatsapp

import (
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"github.com/wasession/wasession/runtime/chat"
)

// signal translates what is an event without a change of state in the store.
func (m mapper) signal(evt any) []chat.Change {
	switch evt := evt.(type) {
	case *events.Presence:
		return m.presence(evt)
	case *events.ChatPresence:
		return m.chatPresence(evt)
	case *events.UndecryptableMessage:
		return m.waiting(evt)
	}
	return nil
}

func (m mapper) presence(evt *events.Presence) []chat.Change {
	id := m.person(evt.From, types.EmptyJID)
	if id == "" {
		return nil
	}
	p := chat.PresenceChanged{Chat: id, Participant: id, Presence: chat.PresenceOnline}
	if evt.Unavailable {
		p.Presence = chat.PresenceOffline
	}
	if !evt.LastSeen.IsZero() {
		p.LastSeen = unix(evt.LastSeen)
	}
	return []chat.Change{p}
}

func (m mapper) chatPresence(evt *events.ChatPresence) []chat.Change {
	from := m.sourceOf(evt.MessageSource)
	if from.chat == "" {
		return nil
	}
	p := chat.PresenceChanged{Chat: from.chat, Participant: m.person(evt.Sender, evt.SenderAlt), Presence: chat.PresencePaused}
	if evt.State == types.ChatPresenceComposing {
		p.Presence = chat.PresenceTyping
		if evt.Media == types.ChatPresenceMediaAudio {
			p.Presence = chat.PresenceRecording
		}
	}
	return []chat.Change{p}
}

func (m mapper) waiting(evt *events.UndecryptableMessage) []chat.Change {
	if evt.DecryptFailMode == events.DecryptFailHide {
		return nil
	}
	row := m.envelope(evt.Info)
	if row.Chat == "" {
		return nil
	}
	return []chat.Change{chat.MessageWaiting{ID: row.ID(), Timestamp: row.Timestamp}}
}
