package control

import (
	"errors"
	"net/http"

	"github.com/wasession/wasession/test/simulator"
)

func (a *API) call(r *http.Request) (any, error) {
	body, err := read[Call](r)
	if err != nil {
		return nil, err
	}
	from, err := a.user(body.From)
	if err != nil {
		return nil, err
	}
	to, err := a.user(body.To)
	if err != nil {
		return nil, err
	}
	o := simulator.CallOptions{Video: body.Video}
	if body.Group != "" {
		jid, err := chat(body.Group)
		if err != nil {
			return nil, err
		}
		if o.Group = a.srv.Group(jid); o.Group == nil {
			return nil, unknown("there is no group %s", body.Group)
		}
	}
	id, err := from.Call(r.Context(), to, o)
	return Sent{ID: id}, err
}

func (a *API) answerCall(r *http.Request) (any, error) {
	body, err := read[CallAnswer](r)
	if err != nil {
		return nil, err
	}
	by, err := a.user(body.By)
	if err != nil {
		return nil, err
	}
	answer := map[string]func() error{
		simulator.CallAccepted: func() error { return by.AcceptCall(r.Context(), r.PathValue("id")) },
		simulator.CallRejected: func() error { return by.RejectCall(r.Context(), r.PathValue("id")) },
		simulator.CallEnded:    func() error { return by.HangUp(r.Context(), r.PathValue("id")) },
	}[body.Do]
	if answer == nil {
		return nil, invalid("a call can be answered with accept, reject or terminate, not with %q", body.Do)
	}
	if err = answer(); errors.Is(err, simulator.ErrNoCall) {
		err = unknown("%v", err)
	}
	return nil, err
}
