package whatsapp

import (
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"github.com/wasession/wasession/runtime/chat"
)

// Presences is the payload of presence.update.
type Presences struct {
	ID        chat.ID    `json:"id"`
	Presences []Presence `json:"presences"`
}

// Presence is what one person is doing: offline, online, typing, recording or
// paused. LastSeen is unix seconds.
type Presence struct {
	Participant       chat.ID `json:"participant"`
	LastSeen          *int64  `json:"lastSeen"`
	LastKnownPresence string  `json:"lastKnownPresence"`
}

// Call is the payload of the call events. Timestamp is unix seconds.
type Call struct {
	ID        string  `json:"id"`
	From      chat.ID `json:"from"`
	Timestamp int64   `json:"timestamp"`
	IsVideo   bool    `json:"isVideo"`
	IsGroup   bool    `json:"isGroup"`
}

// Waiting is the payload of message.waiting: a message that has arrived and
// cannot be read yet.
type Waiting struct {
	ID          string  `json:"id"`
	Timestamp   int64   `json:"timestamp"`
	From        chat.ID `json:"from"`
	FromMe      bool    `json:"fromMe"`
	To          chat.ID `json:"to,omitempty"`
	Participant chat.ID `json:"participant,omitempty"`
	HasMedia    bool    `json:"hasMedia"`
	Body        string  `json:"body"`
}

// signal is what changes nothing in the store and is an event all the same.
func (m mapper) signal(evt any) []chat.Change {
	switch evt := evt.(type) {
	case *events.Presence:
		return m.presence(evt)
	case *events.ChatPresence:
		return m.chatPresence(evt)
	case *events.CallOffer:
		return m.call(chat.EventCallReceived, evt.BasicCallMeta, isVideo(evt), !evt.GroupJID.IsEmpty())
	case *events.CallOfferNotice:
		return m.call(chat.EventCallReceived, evt.BasicCallMeta, evt.Media == "video", evt.Type == "group")
	case *events.CallAccept:
		return m.call(chat.EventCallAccepted, evt.BasicCallMeta, false, false)
	case *events.CallReject:
		return m.call(chat.EventCallRejected, evt.BasicCallMeta, false, false)
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
	p := Presence{Participant: id, LastKnownPresence: "online"}
	if evt.Unavailable {
		p.LastKnownPresence = "offline"
	}
	if !evt.LastSeen.IsZero() {
		p.LastSeen = new(unix(evt.LastSeen))
	}
	return []chat.Change{chat.Signal{Name: chat.EventPresence, Payload: Presences{ID: id, Presences: []Presence{p}}}}
}

func (m mapper) chatPresence(evt *events.ChatPresence) []chat.Change {
	place := m.placeOf(evt.MessageSource)
	if place.chat == "" {
		return nil
	}
	p := Presence{Participant: m.person(evt.Sender, evt.SenderAlt), LastKnownPresence: "paused"}
	if evt.State == types.ChatPresenceComposing {
		p.LastKnownPresence = "typing"
		if evt.Media == types.ChatPresenceMediaAudio {
			p.LastKnownPresence = "recording"
		}
	}
	return []chat.Change{chat.Signal{Name: chat.EventPresence, Payload: Presences{ID: place.chat, Presences: []Presence{p}}}}
}

func (m mapper) call(name string, meta types.BasicCallMeta, video, group bool) []chat.Change {
	caller, alt := meta.CallCreator, meta.CallCreatorAlt
	if caller.IsEmpty() {
		caller, alt = meta.From, types.EmptyJID
	}
	return []chat.Change{chat.Signal{Name: name, Payload: Call{
		ID: meta.CallID, From: m.person(caller, alt), Timestamp: unix(meta.Timestamp), IsVideo: video, IsGroup: group,
	}}}
}

// isVideo says whether an offer carries a video stream.
func isVideo(evt *events.CallOffer) bool {
	if evt.Data == nil {
		return false
	}
	_, ok := evt.Data.GetOptionalChildByTag("video")
	return ok
}

func (m mapper) waiting(evt *events.UndecryptableMessage) []chat.Change {
	if evt.DecryptFailMode == events.DecryptFailHide {
		return nil
	}
	row := m.envelope(evt.Info)
	if row.Chat == "" {
		return nil
	}
	w := Waiting{ID: row.ID().String(), Timestamp: row.Timestamp, From: row.Chat, FromMe: row.FromMe, Participant: row.Participant}
	return []chat.Change{chat.Signal{Name: chat.EventMessageWaiting, Payload: w}}
}
