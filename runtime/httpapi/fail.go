package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/wasession/wasession/api/chathttp"
	"github.com/wasession/wasession/runtime/chat"
)

// dialect writes errors in the format of one of the APIs.
type dialect func(w http.ResponseWriter, r *http.Request, f failure)

// dialectOf returns the dialect of a path, for requests that match no route.
func dialectOf(r *http.Request) dialect {
	if strings.HasPrefix(r.URL.Path, "/v2/") {
		return wawp
	}
	return waha
}

// waha writes an error in WAHA's format.
func waha(w http.ResponseWriter, _ *http.Request, f failure) {
	body, _ := json.Marshal(f.body)
	_ = writeJSON(w, f.status, body)
}

// fail sends an error to the client and logs what is hidden from it.
func (a *API) fail(w http.ResponseWriter, r *http.Request, write dialect, err error) {
	if errors.Is(err, context.Canceled) && r.Context().Err() != nil {
		return // nobody is there to be told
	}
	f, known := a.failureOf(err)
	if !known {
		a.Log.Error("Request failed", "method", r.Method, "route", chathttp.RouteOf(r), "error", err)
	}
	if write == nil {
		write = waha
	}
	if wait := waitBefore(f, err); wait > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int((wait+time.Second-1)/time.Second)))
	}
	write(w, r, f)
}

// waitBefore returns how long a client should wait before it tries again; 0 if that is
// not known, or does not help.
func waitBefore(f failure, err error) time.Duration {
	var limited chat.Limited
	switch {
	case f.status == http.StatusServiceUnavailable:
		return retryAfter
	case errors.As(err, &limited):
		return limited.Wait
	}
	return 0
}
