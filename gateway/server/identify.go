package server

import (
	"context"
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
	found, err := s.whoHas(r.Context(), secret, chathttp.Bearer(r))
	return found, r, err
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
	if err == nil && found == nil {
		err = waha.Unauthorized
	}
	return found, err
}
