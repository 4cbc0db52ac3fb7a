package server

import (
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/wasession/wasession/gateway/waha"
)

// guard wraps every request: security headers, metrics, and a 500 instead of a
// handler's panic.
func (s *Server) guard(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("X-Frame-Options", "DENY")
		header.Set("Referrer-Policy", "no-referrer")
		header.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		header.Set("Cache-Control", "no-store")
		began := s.Now()
		sw := &statusWriter{ResponseWriter: w}
		ctx, note := withNote(r.Context())
		r = r.WithContext(ctx)
		defer func() {
			p := recover()
			s.audit(r, note, sw.status)
			s.metrics.requests.WithLabelValues(methodOf(r), note.route, strconv.Itoa(sw.status)).Inc()
			s.metrics.duration.WithLabelValues(note.route).Observe(s.Now().Sub(began).Seconds())
			if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
				panic(p)
			} else if p != nil {
				s.panicked(sw, r, p)
			}
			// Queries contain keys and paths phone numbers, so neither is logged.
			s.Log.Debug("Request", "method", r.Method, "route", note.route, "status", sw.status, "took", s.Now().Sub(began).Round(time.Microsecond))
		}()
		h.ServeHTTP(sw, r)
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

func (s *Server) panicked(w *statusWriter, r *http.Request, p any) {
	s.Log.Error("Handler panicked", "method", r.Method, "route", routeOf(r), "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
	if w.status != 0 {
		panic(http.ErrAbortHandler)
	}
	s.fail(w, r, waha.Unexpected())
}

// statusWriter records the status that was sent; 0 before.
type statusWriter struct {
	http.ResponseWriter
	status int
}

// WriteHeader implements http.ResponseWriter.
func (w *statusWriter) WriteHeader(status int) {
	if w.status == 0 && status >= http.StatusOK {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (w *statusWriter) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController through.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
