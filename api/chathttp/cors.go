package chathttp

import (
	"net/http"
	"slices"

	"github.com/rs/cors"
)

// anyOrigin stands for every origin.
const anyOrigin = "*"

// ReplayedHeader is on an answer that was given before, to the same request.
const ReplayedHeader = "Idempotency-Replayed"

// CrossOrigin lets web pages of other origins call the API, as WAHA does. They get no
// access by it: every call but a preflight needs a key, which browsers never add by
// themselves. origins is asked at each request; nil, or "*" in it, means all.
func CrossOrigin(origins func() []string, h http.Handler) http.Handler {
	options := cors.Options{
		AllowedMethods: []string{http.MethodGet, http.MethodHead, http.MethodPut, http.MethodPatch, http.MethodPost, http.MethodDelete},
		AllowedHeaders: []string{"*"},
		ExposedHeaders: []string{ReplayedHeader, "Retry-After"},
		MaxAge:         600, // seconds
	}
	options.AllowedOrigins = []string{anyOrigin}
	all := cors.New(options).Handler(h)
	options.AllowedOrigins = nil
	options.AllowOriginFunc = func(origin string) bool { return slices.Contains(origins(), origin) }
	listed := cors.New(options).Handler(h)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if allowed := origins(); allowed == nil || slices.Contains(allowed, anyOrigin) {
			all.ServeHTTP(w, r)
			return
		}
		listed.ServeHTTP(w, r)
	})
}
