package server

import (
	"net/http"
	"strings"

	"github.com/wasession/wasession/gateway/waha"
)

// mux registers the routes on two multiplexers, as the runtime does: the names of
// sessions take the same place in a path as fixed words (/api/sessions, /api/files),
// which a single ServeMux takes for a conflict. Fixed words come first.
func (s *Server) mux(routes []route) http.Handler {
	fixed, session := http.NewServeMux(), http.NewServeMux()
	words := map[string]bool{} // the fixed words in the place of a session's name
	for _, r := range routes {
		if strings.HasPrefix(r.pattern, "/api/{session}/") {
			session.Handle(r.method+" "+r.pattern, s.serve(r))
		} else {
			fixed.Handle(r.method+" "+r.pattern, s.serve(r))
			words[wordOfAPI(r.pattern)] = true
		}
	}
	session.Handle("/", s.serve(route{handle: s.noRoute}))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r = withoutSlash(r)
		if word := wordOfAPI(r.URL.Path); word == "" || words[word] {
			if _, pattern := fixed.Handler(r); pattern != "" {
				fixed.ServeHTTP(w, r)
				return
			}
		}
		session.ServeHTTP(w, r)
	})
}

// withoutSlash is a request for the path without slashes at its end, which some
// clients write and which mean nothing.
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

// serve finds out who calls, and answers.
func (s *Server) serve(rt route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		note := noteOf(r.Context())
		note.route, note.action = routeOf(r), rt.action
		if rt.open {
			s.answer(w, r, rt.handle(w, r, nil))
			return
		}
		caller, r, err := s.identify(w, r, rt)
		if err == nil {
			note.caller = caller.Name()
			if !s.Limits.Take(note.caller) {
				err = tooMany()
			}
		}
		if err == nil {
			err = rt.handle(w, r, caller)
		}
		s.answer(w, r, err)
	})
}

// tooMany is the answer to a caller that makes too many calls.
func tooMany() error {
	f := waha.Fail(http.StatusTooManyRequests, "Too many requests. Try again in a second")
	f.RetryAfter = 1
	return f
}

// answer answers with an error, if there is one.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, err error) {
	if err != nil {
		s.fail(w, r, err)
	}
}

// noRoute answers unknown paths and wrong methods as WAHA does.
func (s *Server) noRoute(_ http.ResponseWriter, r *http.Request, _ caller) error {
	return waha.Fail(http.StatusNotFound, "Cannot "+r.Method+" "+r.URL.Path)
}
