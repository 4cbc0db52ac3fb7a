package httpapi

import (
	"context"
	"fmt"
	"net/http"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/wire"
)

type sessionsIn struct {
	All bool `query:"all" default:"false" doc:"Include sessions that are STOPPED"`
}

func (a *API) listSessions(_ *http.Request, in sessionsIn) ([]wire.Session, error) {
	s := a.session()
	if s.Status == v1.PhaseStopped && !in.All {
		return []wire.Session{}, nil
	}
	return []wire.Session{s}, nil
}

// noInput is for routes without input.
type noInput struct{}

func (a *API) session() wire.Session { return wire.NewSession(a.Live.Status(), a.Config()) }

func (a *API) getSession(*http.Request, noInput) (wire.Session, error) { return a.session(), nil }

// getMe returns null until the session is paired.
func (a *API) getMe(*http.Request, noInput) (*wire.Me, error) {
	return wire.NewMe(a.Live.Status().Me), nil
}

func (a *API) startSession(r *http.Request, _ noInput) (wire.Session, error) {
	return a.control(r, a.Live.Start)
}

func (a *API) stopSession(r *http.Request, _ noInput) (wire.Session, error) {
	return a.control(r, a.Live.Stop)
}

func (a *API) restartSession(r *http.Request, _ noInput) (wire.Session, error) {
	return a.control(r, a.Live.Restart)
}

func (a *API) logoutSession(r *http.Request, _ noInput) (wire.Session, error) {
	return a.control(r, a.Live.Logout)
}

func (a *API) control(r *http.Request, do func(context.Context) error) (wire.Session, error) {
	err := do(r.Context())
	return a.session(), err
}

// createIn is the name of a session to create.
type createIn struct {
	Body struct {
		Name string `json:"name" max:"54" doc:"Letters, digits, _ and -"`
	} `body:"json"`
}

// createSession always fails: a runtime has exactly one session. On Kubernetes the
// gateway of the fleet handles this call.
func (a *API) createSession(_ *http.Request, in createIn) (wire.Session, error) {
	switch name := in.Body.Name; {
	case !isSessionName(name):
		return wire.Session{}, badRequest("name must match ^[a-zA-Z0-9_-]*$ regular expression")
	case name == a.Session:
		return wire.Session{}, unprocessable(fmt.Sprintf("Session '%s' already exists. Use PUT to update it.", name))
	}
	return wire.Session{}, unprocessable(fmt.Sprintf(
		"This runtime serves only the session '%s'. To create another one, apply a WhatsAppSession manifest or start another runtime.", a.Session))
}

func (a *API) updateSession(*http.Request, noInput) (wire.Session, error) {
	return wire.Session{}, unprocessable(fmt.Sprintf(
		"Session '%s' is configured in its manifest or configuration file. Change it there; it takes effect without a restart.", a.Session))
}

func (a *API) deleteSession(*http.Request, noInput) (none, error) {
	return none{}, unprocessable(fmt.Sprintf(
		"Session '%s' cannot be deleted here: delete its manifest or stop its process. Call logout to unlink it from the account.", a.Session))
}

func isSessionName(s string) bool {
	for _, r := range s {
		if !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' || r == '-') {
			return false
		}
	}
	return true
}
