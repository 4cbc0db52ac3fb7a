package httpapi

import (
	"net/http"

	"github.com/wasession/wasession/runtime/wire"
)

type reactionIn struct {
	Body struct {
		sessionNamed
		MessageID anyMessageID `json:"messageId" required:"true"`
		Reaction  *string      `json:"reaction" max:"32" doc:"Emoji; an empty string removes the reaction"`
	} `body:"json"`
}

func (a *API) setReaction(r *http.Request, in reactionIn) (wire.Sent, error) {
	if in.Body.Reaction == nil {
		return wire.Sent{}, badRequest("reaction must be a string")
	}
	m, err := a.referred(r.Context(), "", in.Body.MessageID)
	if err != nil {
		return wire.Sent{}, err
	}
	return a.sent(a.Live.React(r.Context(), m, *in.Body.Reaction))
}
