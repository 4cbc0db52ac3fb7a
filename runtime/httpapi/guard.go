package httpapi

import (
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"time"
)

// guard wraps every request: it sets security headers, logs the request without
// secrets, and turns a handler's panic into a 500.
func (a *API) guard(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("X-Frame-Options", "DENY")
		header.Set("Referrer-Policy", "no-referrer")
		header.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		header.Set("Cache-Control", "no-store")
		began := a.Now()
		sw := &statusWriter{ResponseWriter: w}
		defer func() {
			p := recover()
			if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
				panic(p)
			} else if p != nil {
				a.panicked(sw, r, p)
			}
			// The query can contain a key, so only the path is logged.
			a.Log.Debug("Request", "method", r.Method, "path", r.URL.Path, "status", sw.status, "took", a.Now().Sub(began).Round(time.Microsecond))
		}()
		h.ServeHTTP(sw, r)
	})
}

func (a *API) panicked(w *statusWriter, r *http.Request, p any) {
	a.Log.Error("Handler panicked", "method", r.Method, "route", routeOf(r), "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
	if w.status != 0 {
		panic(http.ErrAbortHandler)
	}
	dialectOf(r)(w, r, errInternal)
}

// statusWriter records the status that was sent; 0 before.
type statusWriter struct {
	http.ResponseWriter
	status int
}

// WriteHeader implements http.ResponseWriter.
func (w *statusWriter) WriteHeader(status int) {
	if w.status == 0 {
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
