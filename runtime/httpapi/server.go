package httpapi

import (
	"net/http"

	"github.com/wasession/wasession/runtime/wire"
)

func (a *API) ping(*http.Request, noInput) (wire.Pong, error) { return wire.Pong{Message: "pong"}, nil }

func (a *API) health(r *http.Request, _ noInput) (wire.Health, error) {
	if _, err := a.Reader.Counts(r.Context()); err != nil {
		return wire.Health{}, err
	}
	parts := map[string]wire.HealthPart{"store": {Status: "up"}}
	return wire.Health{Status: "ok", Info: parts, Error: map[string]wire.HealthPart{}, Details: parts}, nil
}

func (a *API) version(*http.Request, noInput) (wire.Environment, error) {
	return wire.NewEnvironment(a.Version), nil
}

func (a *API) serverStatus(*http.Request, noInput) (wire.ServerStatus, error) {
	s := wire.ServerStatus{
		StartTimestamp: a.started.UnixMilli(),
		Uptime:         a.Now().Sub(a.started).Milliseconds(),
	}
	s.Worker.ID = a.Session
	return s, nil
}
