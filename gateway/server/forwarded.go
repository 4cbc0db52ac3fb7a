package server

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/wasession/wasession/api/chathttp"
	"github.com/wasession/wasession/gateway/access"
	"github.com/wasession/wasession/gateway/fleet"
	"github.com/wasession/wasession/gateway/forward"
	"github.com/wasession/wasession/gateway/waha"
)

// forwarded returns the handler of a call that goes on to its session's pod.
func (s *Server) forwarded(o operation) func(http.ResponseWriter, *http.Request, caller) error {
	call := o.call()
	return func(w http.ResponseWriter, r *http.Request, c caller) error {
		query, err := url.ParseQuery(r.URL.RawQuery)
		if err != nil {
			return waha.BadRequest("query must be encoded as in a URL")
		}
		r.Body = chathttp.Steady(w, http.MaxBytesReader(w, r.Body, s.MaxBody), bodyPace)
		switch o.place {
		case inBody:
			return s.forwardByBody(w, r, c, call, query)
		case inEither:
			return s.forwardByEither(w, r, c, call, query)
		case inQuery:
			session, err := s.admit(r, c, call, query.Get("session"))
			if err != nil {
				return err
			}
			if query.Has("session") {
				query.Set("session", session.Called)
			}
			return s.send(w, r, c, call, session, r.URL.EscapedPath(), query)
		}
		given := r.PathValue("session")
		session, err := s.admit(r, c, call, given)
		if err != nil {
			return err
		}
		return s.send(w, r, c, call, session, renamed(r.URL.EscapedPath(), given, session.Called), query)
	}
}

// lacking returns the handler of a call of WAHA that cannot be had.
func lacking(reason string) func(http.ResponseWriter, *http.Request, caller) error {
	return func(http.ResponseWriter, *http.Request, caller) error {
		return waha.Fail(http.StatusNotImplemented, reason)
	}
}

// renamed is a path in its escaped form, with the session under another name.
func renamed(path, from, to string) string {
	if from == to {
		return path
	}
	parts := strings.Split(path, "/")
	for i, part := range parts {
		if plain, err := url.PathUnescape(part); err == nil && plain == from && i > 1 {
			parts[i] = url.PathEscape(to)
			break
		}
	}
	return strings.Join(parts, "/")
}

// admit finds the session that a call names and checks that the caller may make it.
func (s *Server) admit(r *http.Request, c caller, call access.Call, given string) (fleet.Session, error) {
	given = cmp.Or(given, waha.DefaultName)
	session, ok, err := s.resolve(r.Context(), c, given)
	switch {
	case err != nil:
		return fleet.Session{}, err
	case !ok:
		return fleet.Session{}, waha.UnknownSession(given)
	}
	return session, allow(r.Context(), c, session.Key(), call)
}

// forwardByBody reads the session's name from the body.
func (s *Server) forwardByBody(w http.ResponseWriter, r *http.Request, c caller, call access.Call, query url.Values) error {
	found, err := s.Spool.Find(r, "session")
	if err != nil {
		return bodyProblem(err)
	}
	defer found.Close()
	session, err := s.admit(r, c, call, cmp.Or(found.Value, query.Get("session")))
	if err != nil {
		return err
	}
	found.Replay(r, session.Called)
	if query.Has("session") {
		query.Set("session", session.Called)
	}
	return s.send(w, r, c, call, session, r.URL.EscapedPath(), query)
}

// forwardByEither reads Wawp's name of the session from the query, or from the body.
func (s *Server) forwardByEither(w http.ResponseWriter, r *http.Request, c caller, call access.Call, query url.Values) error {
	body := smallBodyOf(r)
	given := cmp.Or(query.Get("instance_id"), body.text("instance_id"))
	if given == "" {
		return waha.BadRequest("instance_id is required")
	}
	session, err := s.admit(r, c, call, given)
	if err != nil {
		return err
	}
	query.Set("instance_id", session.Called)
	if r.Method == http.MethodPost {
		rest, err := body.without("instance_id", "access_token")
		if err != nil {
			return err
		}
		setBody(r, rest)
	}
	return s.send(w, r, c, call, session, r.URL.EscapedPath(), query)
}

// send sends a call on, if the session has a pod.
func (s *Server) send(w http.ResponseWriter, r *http.Request, c caller, call access.Call, session fleet.Session, path string, query url.Values) error {
	if session.Pod == (fleet.Pod{}) {
		if status := waha.StatusOf(session.WhatsAppSession); status != "WORKING" {
			return waha.NotWorking(session.Called, status)
		}
		return unreachable(forward.ErrUnreachable)
	}
	chathttp.Strip(r.Header, query)
	s.Forward.Forward(w, r, forward.Call{
		Pod: session.Pod, Caller: c.Name(), Action: string(call.Action), Path: path, Query: query,
		Fail: func(w http.ResponseWriter, r *http.Request, err error) {
			if errors.Is(err, forward.ErrBody) {
				s.fail(w, r, bodyProblem(err))
				return
			}
			s.fail(w, r, unreachable(err))
		},
	})
	return nil
}

// unreachable is the answer to a call that its pod did not answer.
func unreachable(err error) waha.Failure {
	switch {
	case errors.Is(err, forward.ErrBusy):
		f := waha.Fail(http.StatusServiceUnavailable, "Too many calls are waiting for this session. Try again in a few seconds")
		f.RetryAfter = retryAfter
		return f
	case errors.Is(err, forward.ErrTimeout):
		return waha.Fail(http.StatusGatewayTimeout, "The session did not answer in time. The call may have been carried out")
	}
	return waha.Fail(http.StatusBadGateway, "The session's pod is not reachable. Try again in a few seconds")
}

// retryAfter is when a client that met a limit may try again, in seconds.
const retryAfter = 5

// bodyProblem is the answer to a body that could not be read.
func bodyProblem(err error) error {
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return waha.BadRequest("body is too large")
	case errors.Is(err, forward.ErrSpoolFull):
		f := waha.Fail(http.StatusServiceUnavailable, "The server is busy. Try again in a few seconds")
		f.RetryAfter = retryAfter
		return f
	case errors.Is(err, forward.ErrFolder):
		return err
	}
	return waha.BadRequest("body could not be read")
}
