package auth

import (
	"net/http"
	"time"

	"github.com/wasession/wasession/api/chathttp"
)

// Access is all that opens a session's API.
type Access struct {
	Keys   Source
	Tokens *Tokens // nil accepts none
}

// Of returns the key that a request carries, or what its access token stands for.
// A request with a key is judged by that alone. A token must have been valid at the
// time of the request; a connection that it opened goes on after it has expired.
func (a Access) Of(r *http.Request, at time.Time) (Key, bool) {
	if secret := chathttp.Secret(r); secret != "" {
		return a.Keys.Find(secret)
	}
	if token := chathttp.Bearer(r); token != "" && a.Tokens != nil {
		return a.Tokens.Find(token, at)
	}
	return Key{}, false
}
