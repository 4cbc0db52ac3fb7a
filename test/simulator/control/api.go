package control

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/wasession/wasession/test/simulator"
)

// maxBody bounds a request: a message carries its attachment.
const maxBody = 32 << 20

// API is the control API of one simulator.
type API struct {
	srv  *simulator.Server
	auto *AutoPhone
}

// Extension serves the control API on the simulator's own port.
func Extension(srv *simulator.Server) error {
	api := &API{srv: srv, auto: NewAutoPhone(srv)}
	api.Register(srv.Mux())
	return nil
}

// Register adds the routes to mux.
func (a *API) Register(mux *http.ServeMux) {
	route := func(pattern string, handle func(*http.Request) (any, error)) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			r.Body = http.MaxBytesReader(w, r.Body, maxBody)
			body, err := handle(r)
			respond(w, body, err)
		})
	}
	route("GET "+Prefix+"/users", a.users)
	route("POST "+Prefix+"/users", a.addUser)
	route("GET "+Prefix+"/groups", a.groups)
	route("POST "+Prefix+"/groups", a.addGroup)
	route("POST "+Prefix+"/groups/{jid}", a.changeGroup)
	route("GET "+Prefix+"/channels", a.channels)
	route("POST "+Prefix+"/channels", a.addChannel)
	route("POST "+Prefix+"/channels/{jid}", a.changeChannel)
	route("POST "+Prefix+"/scan", a.scan)
	route("POST "+Prefix+"/code", a.enterCode)
	route("POST "+Prefix+"/unlink", a.unlink)
	route("POST "+Prefix+"/kick", a.kick)
	route("POST "+Prefix+"/stream-error", a.streamError)
	route("POST "+Prefix+"/limits", a.setLimits)
	route("POST "+Prefix+"/login-failure", a.failLogin)
	route("POST "+Prefix+"/messages", a.send)
	route("POST "+Prefix+"/votes", a.vote)
	route("POST "+Prefix+"/responses", a.respond)
	route("POST "+Prefix+"/calls", a.call)
	route("POST "+Prefix+"/calls/{id}", a.answerCall)
	route("GET "+Prefix+"/inbox", a.inbox)
	route("POST "+Prefix+"/read", a.read)
	route("POST "+Prefix+"/chats", a.changeChat)
	route("POST "+Prefix+"/labels", a.changeLabel)
	route("GET "+Prefix+"/appstate", a.appState)
	route("POST "+Prefix+"/history", a.setHistory)
	route("POST "+Prefix+"/faults", a.setFaults)
	route("DELETE "+Prefix+"/faults", a.clearFaults)
	route("GET "+Prefix+"/stats", a.stats)
	route("GET "+Prefix+"/unhandled", a.unhandled)
}

// problem is an error caused by the request.
type problem struct {
	status int
	text   string
}

func (p *problem) Error() string { return p.text }

func invalid(format string, args ...any) error {
	return &problem{http.StatusBadRequest, fmt.Sprintf(format, args...)}
}

func unknown(format string, args ...any) error {
	return &problem{http.StatusNotFound, fmt.Sprintf(format, args...)}
}

// respond writes the result of a call as JSON.
func respond(w http.ResponseWriter, body any, err error) {
	status := http.StatusOK
	if err != nil {
		body, status = errorBody{err.Error()}, http.StatusConflict
		if p := (*problem)(nil); errors.As(err, &p) {
			status = p.status
		}
	}
	if body == nil {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	encoded, err := json.Marshal(body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	// If the caller is gone, it does not need the rest.
	_, _ = w.Write(append(encoded, '\n'))
}

// read decodes the body of a request. Unknown fields are errors, because they
// are usually spelling mistakes.
func read[T any](r *http.Request) (T, error) {
	var body T
	decoder := json.NewDecoder(r.Body)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&body); err != nil {
		return body, invalid("the body is not valid JSON for this call: %v", err)
	}
	return body, nil
}

// user returns the account with a number.
func (a *API) user(number string) (*simulator.User, error) {
	if number == "" {
		return nil, invalid("name an account by its number")
	}
	u := a.srv.User(number)
	if u == nil {
		return nil, unknown("there is no account %s; add it with POST %s/users", number, Prefix)
	}
	return u, nil
}
