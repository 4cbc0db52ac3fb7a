package wire

import "github.com/wasession/wasession/runtime/chat"

// EventResponse is the payload of event.response, and of event.response.failed, where the
// answer is not known. Timestamp is in unix seconds.
type EventResponse struct {
	ID          string       `json:"id"`
	Timestamp   int64        `json:"timestamp"`
	From        string       `json:"from"`
	FromMe      bool         `json:"fromMe"`
	Source      string       `json:"source"`
	To          *string      `json:"to"`
	Participant *string      `json:"participant"`
	Data        any          `json:"_data"`
	Event       Poll         `json:"eventCreationKey"`
	Answer      *EventAnswer `json:"eventResponse"`
}

// EventAnswer is whether somebody comes to an event of a calendar, and with how many others.
type EventAnswer struct {
	Response chat.EventAnswer `json:"response"`
	At       int64            `json:"timestampMs"`
	Guests   int              `json:"extraGuestCount"`
}

func (e Encoder) eventResponse(c chat.EventResponded) EventResponse {
	w := NewMessage(&c.Message, e.Raw)
	r := EventResponse{
		ID: w.ID, Timestamp: w.Timestamp, From: w.From, FromMe: w.FromMe, Source: w.Source, To: w.To,
		Participant: w.Participant, Data: w.Data, Event: newPoll(c.Calendar),
	}
	if !c.Failed {
		r.Answer = &EventAnswer{Response: c.Answer, At: c.At, Guests: c.Guests}
	}
	return r
}
