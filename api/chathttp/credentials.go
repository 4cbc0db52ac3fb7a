package chathttp

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Where a request can carry its API key: WAHA's own header and query, the header of
// Wappfy's clients and the query of Wawp's.
var (
	headers = []string{"X-Api-Key", "apikey"}
	queries = []string{"x-api-key", "access_token"}
)

// Headers are the names of the headers that carry a key.
func Headers() []string { return slices.Clone(headers) }

// Queries are the names of the query parameters that carry a key.
func Queries() []string { return slices.Clone(queries) }

// Secret is the API key that a request carries; empty without one.
func Secret(r *http.Request) string {
	for _, name := range headers {
		if v := r.Header.Get(name); v != "" {
			return v
		}
	}
	query := r.URL.Query()
	for _, name := range queries {
		if v := query.Get(name); v != "" {
			return v
		}
	}
	return ""
}

// Bearer is the bearer token that a request carries; empty without one.
func Bearer(r *http.Request) string {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}

// Strip removes a caller's credentials from a request that goes on to somebody else.
func Strip(header http.Header, query url.Values) {
	for _, name := range headers {
		header.Del(name)
	}
	header.Del("Authorization")
	header.Del("Cookie")
	for _, name := range queries {
		query.Del(name)
	}
}
