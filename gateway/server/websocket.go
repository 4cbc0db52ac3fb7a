package server

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/wasession/wasession/api/chathttp"
	"github.com/wasession/wasession/gateway/socket"
	"github.com/wasession/wasession/gateway/waha"
)

// websocket serves the events of the fleet. A client without a valid key is told so by
// a websocket that is closed, as clients expect.
func (s *Server) websocket(w http.ResponseWriter, r *http.Request, _ caller) error {
	if !strings.EqualFold(r.Header.Get("Upgrade"), "websocket") {
		w.Header().Set("Upgrade", "websocket")
		return waha.Fail(http.StatusUpgradeRequired, "Open a websocket here")
	}
	secret, token, note := chathttp.Secret(r), chathttp.Bearer(r), noteOf(r.Context())
	again := func(ctx context.Context) (caller, error) { return s.whoHas(ctx, secret, token) }
	c, err := s.whoCalls(r, secret, token)
	if err != nil && !isUnauthorized(err) {
		return err
	}
	if err == nil {
		note.caller = c.Name()
		if !s.Limits.Take(note.caller) {
			return tooMany()
		}
	}
	err = s.Sockets.Serve(w, r, socket.Visitor{Again: again, Changed: s.Keys.Changed, Resolve: s.resolve})
	switch {
	case errors.Is(err, socket.ErrRefused):
		note.refused = true
		return nil
	case errors.Is(err, socket.ErrManyOfCaller):
		f := waha.Fail(http.StatusTooManyRequests, "Too many websockets of this key. Close others first")
		f.RetryAfter = retryAfter
		return f
	case errors.Is(err, socket.ErrMany):
		f := waha.Fail(http.StatusServiceUnavailable, "Too many websockets. Try again in a few seconds")
		f.RetryAfter = retryAfter
		return f
	}
	return err
}
