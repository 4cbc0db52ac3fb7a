package server

import (
	"net/http"

	"github.com/wasession/wasession/api/apidocs"
	"github.com/wasession/wasession/api/chathttp"
	"github.com/wasession/wasession/gateway/waha"
)

// mux registers the routes.
func (s *Server) mux(routes []route) http.Handler {
	mux := chathttp.NewMux(s.serve(route{handle: s.noRoute}))
	for _, r := range routes {
		mux.Handle(r.method+" "+r.pattern, s.serve(r))
	}
	for path, file := range apidocs.Files() {
		mux.Handle("GET "+path, file)
	}
	return mux
}

// serve finds out who calls, and answers.
func (s *Server) serve(rt route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		note := noteOf(r.Context())
		note.route, note.action = chathttp.RouteOf(r), rt.action
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
