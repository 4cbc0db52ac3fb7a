package httpapi

import (
	"cmp"
	"context"
	"net/http"

	"github.com/wasession/wasession/runtime/wire"
)

// The calls of older clients, with the session in the body.

type namedIn struct {
	Body struct {
		Name string `json:"name" max:"54" doc:"Name of the session; defaults to the only one"`
	} `body:"json"`
}

type stopByBodyIn struct {
	Body struct {
		Name   string `json:"name" max:"54" doc:"Name of the session; defaults to the only one"`
		Logout bool   `json:"logout" doc:"Unlink the session from the account, too"`
	} `body:"json"`
}

func (a *API) startByBody(r *http.Request, in namedIn) (wire.Session, error) {
	return a.controlNamed(r, in.Body.Name, a.Live.Start)
}

func (a *API) stopByBody(r *http.Request, in stopByBodyIn) (wire.Session, error) {
	if in.Body.Logout {
		return a.controlNamed(r, in.Body.Name, a.Live.Logout)
	}
	return a.controlNamed(r, in.Body.Name, a.Live.Stop)
}

func (a *API) logoutByBody(r *http.Request, in namedIn) (wire.Session, error) {
	return a.controlNamed(r, in.Body.Name, a.Live.Logout)
}

// controlNamed is control for a session that the body names. The key was checked for
// this session, since there is no other.
func (a *API) controlNamed(r *http.Request, name string, do func(context.Context) error) (wire.Session, error) {
	if cmp.Or(name, a.Session) != a.Session {
		return wire.Session{}, unknownSession(name)
	}
	return a.control(r, do)
}
