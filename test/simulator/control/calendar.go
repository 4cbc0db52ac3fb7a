package control

import (
	"errors"
	"net/http"

	"go.mau.fi/whatsmeow/proto/waE2E"

	"github.com/wasession/wasession/test/simulator"
)

func (a *API) respond(r *http.Request) (any, error) {
	body, err := read[Response](r)
	if err != nil {
		return nil, err
	}
	u, err := a.user(body.User)
	if err != nil {
		return nil, err
	}
	answer, known := waE2E.EventResponseMessage_EventResponseType_value[body.Answer]
	if !known {
		return nil, invalid("the answer %q is none of GOING, NOT_GOING, MAYBE", body.Answer)
	}
	id, err := u.Respond(r.Context(), body.Event, simulator.EventAnswer(answer), body.Guests)
	if errors.Is(err, simulator.ErrNoMessage) {
		err = unknown("%v", err)
	}
	return Sent{ID: id}, err
}
