package httpapi

import (
	"net/http"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/wire"
)

type forwardIn struct {
	Body struct {
		addressed
		MessageID anyMessageID `json:"messageId" required:"true" doc:"ID of the message to forward"`
	} `body:"json"`
}

func (a *API) forwardMessage(r *http.Request, in forwardIn) (wire.Message, error) {
	m, err := a.message(r.Context(), "", in.Body.MessageID)
	if err != nil {
		return wire.Message{}, err
	}
	return a.dispatch(r, replying{addressed: in.Body.addressed}, chat.Outgoing{Content: chat.OutgoingForward{Message: m}})
}
