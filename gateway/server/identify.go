package server

import (
	"cmp"
	"context"
	"errors"
	"math"
	"net/http"

	"github.com/wasession/wasession/api/chathttp"
	"github.com/wasession/wasession/gateway/access"
	"github.com/wasession/wasession/gateway/waha"
)

type caller = access.Caller

// identify finds out who makes a request. Wawp's clients may send their key in the
// body, which the request returned still has.
func (s *Server) identify(w http.ResponseWriter, r *http.Request, rt route) (caller, *http.Request, error) {
	secret := chathttp.Secret(r)
	if rt.place == inEither && r.Method == http.MethodPost {
		var err error
		if r, err = withSmallBody(w, r); err != nil {
			return nil, r, waha.Unauthorized
		}
		if secret == "" {
			secret = smallBodyOf(r).text("access_token")
		}
	}
	found, err := s.whoCalls(r, secret, chathttp.Bearer(r))
	return found, r, err
}

// whoCalls is whoHas for a request, whose address may not try many keys.
func (s *Server) whoCalls(r *http.Request, secret, token string) (caller, error) {
	given := cmp.Or(secret, token)
	if wait := s.Attempts.Wait(r.RemoteAddr, given); wait > 0 && given != "" {
		f := waha.Fail(http.StatusTooManyRequests, "Too many wrong keys from this address. Try again later")
		f.RetryAfter = int(math.Ceil(wait.Seconds()))
		return nil, f
	}
	found, err := s.whoHas(r.Context(), secret, token)
	if key, ok := found.(access.Key); ok && err == nil {
		s.Uses.Note(key)
	}
	if given != "" && (err == nil || isUnauthorized(err)) {
		s.Attempts.Judged(r.RemoteAddr, given, err == nil)
	}
	return found, err
}

func isUnauthorized(err error) bool {
	var f waha.Failure
	return errors.As(err, &f) && f.Status == http.StatusUnauthorized
}

// whoHas returns the caller with an API key, or with a token of Kubernetes.
func (s *Server) whoHas(ctx context.Context, secret, token string) (caller, error) {
	switch {
	case secret != "":
		if key, ok := s.Keys.Find(secret); ok {
			return key, nil
		}
		return nil, waha.Unauthorized
	case token == "":
		return nil, waha.Unauthorized
	}
	found, err := s.Identities.Find(ctx, token)
	switch {
	case errors.Is(err, access.ErrNoTokens):
		err = waha.NoTokens
	case err == nil && found == nil:
		err = waha.Unauthorized
	}
	return found, err
}
