package httpapi

import (
	"errors"
	"net/http"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/wire"
)

func (a *API) getSending(r *http.Request, _ noInput) (wire.Sending, error) {
	plan, err := a.Live.SendingPlan(r.Context())
	return wire.NewSending(&plan), err
}

type cancelIn struct {
	Message anyMessageID `path:"messageId"`
}

// cancelSend removes a message that waits to be sent.
func (a *API) cancelSend(r *http.Request, in cancelIn) (wire.Success, error) {
	m, err := a.message(r.Context(), "", in.Message)
	if err == nil {
		err = a.Live.CancelSend(r.Context(), m)
	}
	if errors.Is(err, chat.ErrNotFound) {
		err = notFound("This message does not wait to be sent")
	}
	return wire.Success{Success: err == nil}, err
}

func (a *API) cancelSends(r *http.Request, _ noInput) (wire.Canceled, error) {
	n, err := a.Live.CancelSends(r.Context())
	return wire.Canceled{Canceled: n}, err
}
