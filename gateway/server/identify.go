package server

import (
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
	if secret != "" {
		if key, ok := s.Keys.Find(secret); ok {
			return key, r, nil
		}
		return nil, r, waha.Unauthorized
	}
	token := chathttp.Bearer(r)
	if token == "" {
		return nil, r, waha.Unauthorized
	}
	found, err := s.Identities.Find(r.Context(), token)
	if err == nil && found == nil {
		err = waha.Unauthorized
	}
	return found, r, err
}
