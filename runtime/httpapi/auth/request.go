package auth

import (
	"net/http"
	"slices"
)

// Where a request can carry its key: WAHA's own header and query, the header
// of Wappfy's clients and the query of Wawp's.
var (
	headers = []string{"X-Api-Key", "apikey"}
	queries = []string{"x-api-key", "access_token"}
)

// Secret is the key that a request carries; empty without one.
func Secret(r *http.Request) string {
	for _, name := range headers {
		if v := r.Header.Get(name); v != "" {
			return v
		}
	}
	q := r.URL.Query()
	for _, name := range queries {
		if v := q.Get(name); v != "" {
			return v
		}
	}
	return ""
}

// Headers are the names of the headers that carry a key.
func Headers() []string { return slices.Clone(headers) }

// Queries are the names of the query parameters that carry a key.
func Queries() []string { return slices.Clone(queries) }
