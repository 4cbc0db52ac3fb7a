package server

import (
	"net/http"

	"github.com/rs/cors"
)

// crossOrigin lets web pages of other origins call the API, as WAHA does. They get no
// access by it: every call but a preflight needs a key, which browsers never add by
// themselves.
func (s *Server) crossOrigin(h http.Handler) http.Handler {
	if len(s.AllowedOrigins) == 0 {
		return h
	}
	return cors.New(cors.Options{
		AllowedOrigins: s.AllowedOrigins,
		AllowedMethods: []string{http.MethodGet, http.MethodHead, http.MethodPut, http.MethodPatch, http.MethodPost, http.MethodDelete},
		AllowedHeaders: []string{"*"},
		ExposedHeaders: []string{"Idempotency-Replayed", "Retry-After"},
		MaxAge:         600, // seconds
	}).Handler(h)
}
