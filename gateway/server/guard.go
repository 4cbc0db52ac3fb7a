package server

import (
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/wasession/wasession/api/chathttp"
	"github.com/wasession/wasession/gateway/waha"
)

// guard wraps every request: security headers, metrics, and a 500 instead of a
// handler's panic.
func (s *Server) guard(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		chathttp.Protect(w.Header())
		began := s.Now()
		answer := &chathttp.Answer{ResponseWriter: w}
		ctx, note := withNote(r.Context())
		r = r.WithContext(ctx)
		defer func() {
			p := recover()
			s.audit(r, note, answer.Status)
			s.metrics.requests.WithLabelValues(methodOf(r), note.route, strconv.Itoa(answer.Status)).Inc()
			if answer.Status != http.StatusSwitchingProtocols { // a websocket is no call that takes long
				s.metrics.duration.WithLabelValues(note.route).Observe(s.Now().Sub(began).Seconds())
			}
			if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
				panic(p)
			} else if p != nil {
				s.panicked(answer, r, p)
			}
			// Queries contain keys and paths phone numbers, so neither is logged.
			s.Log.Debug("Request", "method", r.Method, "route", note.route, "status", answer.Status, "took", s.Now().Sub(began).Round(time.Microsecond))
		}()
		h.ServeHTTP(answer, r)
	})
}

// methodOf is a request's method, if it is one that routes have: metrics must not grow
// with what clients make up.
func methodOf(r *http.Request) string {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodOptions:
		return r.Method
	}
	return "other"
}

func (s *Server) panicked(w *chathttp.Answer, r *http.Request, p any) {
	s.Log.Error("Handler panicked", "method", r.Method, "route", chathttp.RouteOf(r), "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
	if w.Status != 0 {
		panic(http.ErrAbortHandler)
	}
	s.fail(w, r, waha.Unexpected())
}
