package whatsapp

import (
	"math"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types/events"

	"github.com/wasession/wasession/runtime/chat"
)

// eventResponse decrypts an answer to an event of a calendar.
func (a *Account) eventResponse(c *whatsmeow.Client, m mapper, evt *events.Message, enc *waE2E.EncEventResponseMessage) []chat.Change {
	envelope, key := m.envelope(evt.Info), enc.GetEventCreationMessageKey()
	if envelope.Chat == "" || key.GetID() == "" {
		return nil
	}
	event := a.named(m, evt.Info.MessageSource, key)
	responded := chat.EventResponded{Message: envelope, Calendar: event.ID()}
	var answer waE2E.EventResponseMessage
	if err := a.unseal(c, m, evt, whatsmeow.EncSecretEventResponse, enc, key, &answer); err != nil {
		a.log.Warn("Failed to decrypt the answer to an event", "error", err)
		responded.Failed = true
		return []chat.Change{responded}
	}
	return []chat.Change{answered(responded, &answer)}
}

// answered completes an answer with its content, which the sender chose.
func answered(c chat.EventResponded, answer *waE2E.EventResponseMessage) chat.EventResponded {
	c.Answer = chat.EventUnknown
	switch answer.GetResponse() {
	case waE2E.EventResponseMessage_GOING:
		c.Answer = chat.EventGoing
	case waE2E.EventResponseMessage_NOT_GOING:
		c.Answer = chat.EventNotGoing
	case waE2E.EventResponseMessage_MAYBE:
		c.Answer = chat.EventMaybe
	}
	c.At = min(max(answer.GetTimestampMS(), 0), 1000*latest)
	c.Guests = int(min(max(answer.GetExtraGuestCount(), 0), math.MaxInt16))
	return c
}
