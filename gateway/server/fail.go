package server

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/wasession/wasession/api/chathttp"
	"github.com/wasession/wasession/gateway/waha"
)

// fail answers with an error. What is not meant for clients is logged.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, context.Canceled) && r.Context().Err() != nil {
		return // nobody is there to be told
	}
	var f waha.Failure
	if !errors.As(err, &f) {
		s.Log.Error("Request failed", "method", r.Method, "route", chathttp.RouteOf(r), "error", err)
		f = waha.Unexpected()
	}
	if f.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(f.RetryAfter))
	}
	if strings.HasPrefix(r.URL.Path, "/v2/") {
		chathttp.WriteWawpError(w, r, f.WawpStatus(), f.Text)
		return
	}
	_ = writeJSON(w, f.Status, f.Body)
}

// writeJSON answers with a short body.
func writeJSON(w http.ResponseWriter, status int, body any) error {
	encoded, err := json.Marshal(body)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(encoded) // the client has gone: nobody is there to be told
	return nil
}
