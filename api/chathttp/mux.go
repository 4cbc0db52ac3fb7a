package chathttp

import (
	"cmp"
	"net/http"
	"strings"
)

// Mux routes the paths of the chat API. Session names take the same place in a path as
// fixed words (/api/sessions, /api/files), which a single ServeMux rejects as a
// conflict; fixed words take precedence. So does the word in /labels/chats/{chatId}
// over a label's ID in /labels/{labelId}/chats. Slashes at the end of a path mean
// nothing. Register all routes before serving.
type Mux struct {
	fixed, labelled, session http.ServeMux
	// words are the fixed words in the place of a session's name.
	words map[string]bool
}

// NewMux returns a Mux that gives paths without a route to none.
func NewMux(none http.Handler) *Mux {
	m := &Mux{words: map[string]bool{}}
	m.session.Handle("/", none)
	return m
}

// Handle registers a handler for a pattern of http.ServeMux, "METHOD /path".
func (m *Mux) Handle(pattern string, h http.Handler) {
	path := pattern[strings.IndexByte(pattern, ' ')+1:]
	switch {
	case strings.HasPrefix(path, "/api/{session}/labels/chats/"):
		m.labelled.Handle(pattern, h)
		return
	case strings.HasPrefix(path, "/api/{session}/"):
		m.session.Handle(pattern, h)
		return
	}
	m.fixed.Handle(pattern, h)
	if word := wordOfAPI(path); word != "" {
		m.words[word] = true
	}
}

// ServeHTTP implements http.Handler.
func (m *Mux) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	r = withoutSlash(r)
	if word := wordOfAPI(r.URL.Path); word == "" || m.words[word] {
		if _, pattern := m.fixed.Handler(r); pattern != "" {
			m.fixed.ServeHTTP(w, r)
			return
		}
	}
	if _, pattern := m.labelled.Handler(r); pattern != "" {
		m.labelled.ServeHTTP(w, r)
		return
	}
	m.session.ServeHTTP(w, r)
}

// withoutSlash is a request for the path without slashes at its end, which some
// clients write.
func withoutSlash(r *http.Request) *http.Request {
	if !strings.HasSuffix(r.URL.Path, "/") || !strings.HasPrefix(r.URL.Path, "/api/") && !strings.HasPrefix(r.URL.Path, "/v2/") {
		return r
	}
	plain := r.Clone(r.Context())
	plain.URL.Path, plain.URL.RawPath = strings.TrimRight(r.URL.Path, "/"), strings.TrimRight(r.URL.RawPath, "/")
	return plain
}

// wordOfAPI is the part of a path after /api/; empty for other paths.
func wordOfAPI(path string) string {
	rest, ok := strings.CutPrefix(path, "/api/")
	if !ok {
		return ""
	}
	word, _, _ := strings.Cut(rest, "/")
	return word
}

// RouteOf is the route of a request that a Mux has routed, for logs and metrics: the
// path itself contains phone numbers.
func RouteOf(r *http.Request) string {
	if _, path, ok := strings.Cut(r.Pattern, " "); ok {
		return path
	}
	return cmp.Or(r.Pattern, "none")
}
