package httpapi

import (
	"net/http"
	"slices"

	"github.com/rs/cors"
)

// anyOrigin stands for every origin.
const anyOrigin = "*"

// crossOrigin lets web pages of other origins call the API, as WAHA does. They get
// no access by it: every call but a preflight needs a key, which browsers never add
// by themselves.
func (a *API) crossOrigin(h http.Handler) http.Handler {
	options := cors.Options{
		AllowedMethods: []string{http.MethodGet, http.MethodHead, http.MethodPut, http.MethodPatch, http.MethodPost, http.MethodDelete},
		AllowedHeaders: []string{"*"},
		ExposedHeaders: []string{replayedHeader, "Retry-After"},
		MaxAge:         600, // seconds
	}
	options.AllowedOrigins = []string{anyOrigin}
	all := cors.New(options).Handler(h)
	options.AllowedOrigins = nil
	options.AllowOriginFunc = func(origin string) bool { return slices.Contains(a.Config().AllowedOrigins, origin) }
	listed := cors.New(options).Handler(h)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if origins := a.Config().AllowedOrigins; origins == nil || slices.Contains(origins, anyOrigin) {
			all.ServeHTTP(w, r)
			return
		}
		listed.ServeHTTP(w, r)
	})
}
