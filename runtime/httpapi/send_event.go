package httpapi

import (
	"net/http"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/wire"
)

// latestStart is a bound for times in seconds. A time in milliseconds is beyond it.
const latestStart = 32503680000 // the year 3000

type eventIn struct {
	Body struct {
		ChatID  chatID         `json:"chatId" required:"true" doc:"Chat ID or phone number"`
		ID      stanza         `json:"id" doc:"ID of the new message, from new-message-id"`
		ReplyTo maybeMessageID `json:"reply_to" doc:"ID of the message to reply to"`
		Event   struct {
			Name        string `json:"name" required:"true" max:"255"`
			Description string `json:"description" max:"2048"`
			StartTime   int64  `json:"startTime" required:"true" doc:"In unix seconds"`
			EndTime     int64  `json:"endTime" doc:"In unix seconds; without it the end is open"`
			Location    struct {
				Name string `json:"name" max:"255"`
			} `json:"location"`
			ExtraGuestsAllowed bool `json:"extraGuestsAllowed" doc:"Let people bring others along"`
		} `json:"event"`
	} `body:"json"`
}

func (a *API) sendEvent(r *http.Request, in eventIn) (wire.Message, error) {
	b, e := in.Body, in.Body.Event
	switch {
	case b.ChatID.Kind() != chat.KindDirect && b.ChatID.Kind() != chat.KindGroup:
		return wire.Message{}, badRequest("chatId must be the ID of a person or a group: WhatsApp has no events elsewhere")
	case e.StartTime <= 0 || e.StartTime > latestStart:
		return wire.Message{}, badRequest("event.startTime must be in unix seconds")
	case e.EndTime < 0 || e.EndTime > latestStart:
		return wire.Message{}, badRequest("event.endTime must be in unix seconds")
	case e.EndTime != 0 && e.EndTime < e.StartTime:
		return wire.Message{}, badRequest("event.endTime must not be before event.startTime")
	}
	return a.dispatch(r, replying{addressed: addressed{ChatID: b.ChatID, ID: b.ID}, ReplyTo: b.ReplyTo}, chat.Outgoing{Content: chat.OutgoingEvent{
		Name: e.Name, Description: e.Description, Place: e.Location.Name, Start: e.StartTime, End: e.EndTime, GuestsAllowed: e.ExtraGuestsAllowed,
	}})
}
