package httpapi

import (
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/wasession/wasession/api/chathttp"
)

// guard wraps every request: it sets security headers, logs the request without
// secrets, and turns a handler's panic into a 500.
func (a *API) guard(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		chathttp.Protect(w.Header())
		began := a.Now()
		answer := &chathttp.Answer{ResponseWriter: w}
		defer func() {
			p := recover()
			if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
				panic(p)
			} else if p != nil {
				a.panicked(answer, r, p)
			}
			// The query can contain a key, so only the path is logged.
			a.Log.Debug("Request", "method", r.Method, "path", r.URL.Path, "status", answer.Status, "took", a.Now().Sub(began).Round(time.Microsecond))
		}()
		h.ServeHTTP(answer, r)
	})
}

func (a *API) panicked(w *chathttp.Answer, r *http.Request, p any) {
	a.Log.Error("Handler panicked", "method", r.Method, "route", chathttp.RouteOf(r), "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
	if w.Status != 0 {
		panic(http.ErrAbortHandler)
	}
	dialectOf(r)(w, r, errInternal)
}
