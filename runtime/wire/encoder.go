package wire

import (
	"encoding/json"
	"fmt"

	"github.com/wasession/wasession/runtime/chat"
)

// Encoder encodes the payloads of events.
type Encoder struct {
	Raw Raw
	// FileURL returns the absolute URL of a message's file, which is downloaded from
	// WhatsApp on first use. If nil, media in events has no URL.
	FileURL func(m *chat.Message) string
}

// Payload returns an event's payload as JSON.
func (e Encoder) Payload(ev chat.Event) ([]byte, error) {
	p, err := e.payload(ev)
	if err != nil {
		return nil, err
	}
	return json.Marshal(p)
}

func (e Encoder) payload(ev chat.Event) (any, error) {
	switch c := ev.Change.(type) {
	case chat.MessageReceived:
		m := ev.After
		if m == nil {
			m = &c.Message
		}
		return *e.message(m), nil
	case chat.AckChanged:
		return e.ack(ev, c)
	case chat.Reacted:
		return e.reaction(c), nil
	case chat.Revoked:
		r := MessageRevoked{After: e.message(&c.Message), RevokedMessageID: c.Target}
		if ev.Before != nil {
			r.Before = e.message(ev.Before)
		}
		return r, nil
	case chat.Edited:
		return MessageEdited{Message: *e.message(&c.Message), EditedMessageID: c.Target}, nil
	case chat.Archived:
		return ChatArchive{ID: string(chatID(ev, c.Chat)), Timestamp: c.Timestamp, Archived: c.Archived, Policy: c.Policy}, nil
	case chat.LabelEdited:
		return NewLabel(&c.Label), nil
	case chat.ChatLabelled:
		return newLabelOfChat(ev, c), nil
	case chat.GroupChanged:
		return groupEvent(c), nil
	case chat.JoinRequested:
		return newJoinRequestEvent(c), nil
	case chat.StatusChanged:
		return newSessionStatus(c), nil
	case chat.PresenceChanged:
		return NewPresences(c.Chat, []chat.PresenceChanged{c}), nil
	case chat.Called:
		return newCall(c), nil
	case chat.MessageWaiting:
		return newWaiting(c), nil
	case chat.PollVoted:
		return newPollVote(c), nil
	case chat.EventResponded:
		return e.eventResponse(c), nil
	}
	return nil, fmt.Errorf("event %q has no payload for a change of type %T", ev.Name, ev.Change)
}

// message is a message with a description of its media, which is never downloaded.
func (e Encoder) message(m *chat.Message) *Message {
	w := NewMessage(m, e.Raw)
	w.Reactions = nil // an event shows the message as it was sent
	media := NewMedia(m)
	if media != nil && e.FileURL != nil {
		media.URL = text(e.FileURL(m))
	}
	w.Attach(media)
	return &w
}

func (e Encoder) ack(ev chat.Event, c chat.AckChanged) (any, error) {
	if ev.After == nil {
		return nil, fmt.Errorf("event %q has no message", ev.Name)
	}
	w := NewMessage(ev.After, e.Raw)
	a := MessageAck{
		ID: w.ID, From: w.From, To: w.To, Participant: w.Participant, FromMe: w.FromMe,
		Ack: c.Ack, AckName: c.Ack.String(), Data: w.Data,
	}
	if c.Participant != "" {
		// In a group, a receipt is from one participant.
		a.Participant = text(string(c.Participant))
	}
	return a, nil
}

func (e Encoder) reaction(c chat.Reacted) MessageReaction {
	w := NewMessage(&c.Message, e.Raw)
	return MessageReaction{
		ID: w.ID, Timestamp: c.Timestamp, From: w.From, FromMe: w.FromMe, Source: w.Source,
		To: w.To, Participant: w.Participant, Data: w.Data,
		Reaction: Reaction{Text: c.Text, MessageID: c.Target.String()},
	}
}

// chatID is the chat's ID as lists show it, if the event has it: the change may have
// arrived under the contact's LID.
func chatID(ev chat.Event, arrived chat.ID) chat.ID {
	if ev.Chat != nil && ev.Chat.ID != "" {
		return ev.Chat.ID
	}
	return arrived
}
