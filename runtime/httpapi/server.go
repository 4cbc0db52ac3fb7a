package httpapi

import (
	"net/http"

	"github.com/wasession/wasession/runtime/wire"
)

type pong struct {
	Message string `json:"message"`
}

func (a *API) ping(*http.Request, noInput) (pong, error) { return pong{"pong"}, nil }

// health is WAHA's form of a health check. Being unpaired or disconnected is a
// state of the session, not a fault of the process.
type health struct {
	Status  string          `json:"status"`
	Info    map[string]part `json:"info"`
	Error   map[string]part `json:"error"`
	Details map[string]part `json:"details"`
}

type part struct {
	Status string `json:"status"`
}

func (a *API) health(r *http.Request, _ noInput) (health, error) {
	if _, err := a.Reader.Counts(r.Context()); err != nil {
		return health{}, err
	}
	parts := map[string]part{"store": {"up"}}
	return health{Status: "ok", Info: parts, Error: map[string]part{}, Details: parts}, nil
}

func (a *API) version(*http.Request, noInput) (wire.Environment, error) {
	return wire.NewEnvironment(a.Version), nil
}

// serverStatus has its times in milliseconds.
type serverStatus struct {
	StartTimestamp int64 `json:"startTimestamp"`
	Uptime         int64 `json:"uptime"`
	Worker         struct {
		ID string `json:"id"`
	} `json:"worker"`
}

func (a *API) serverStatus(*http.Request, noInput) (serverStatus, error) {
	s := serverStatus{
		StartTimestamp: a.started.UnixMilli(),
		Uptime:         a.Now().Sub(a.started).Milliseconds(),
	}
	s.Worker.ID = a.Session
	return s, nil
}
