package server

import (
	"net/http"
	"strings"
)

// PagesPath is where the pages for people are.
const PagesPath = "/dashboard/"

// withPages serves the pages beside the API. They are none of the API's routes: no page
// of another origin may read them.
func (s *Server) withPages(api http.Handler) (http.Handler, error) {
	if s.Pages == nil {
		return api, nil
	}
	pages, err := s.Pages(api)
	if err != nil {
		return nil, err
	}
	guarded := s.guard(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		noteOf(r.Context()).route = PagesPath
		pages.ServeHTTP(w, r)
	}))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasPrefix(r.URL.Path, PagesPath):
			guarded.ServeHTTP(w, r)
		case r.URL.Path == strings.TrimSuffix(PagesPath, "/"), r.URL.Path == "/" && asksPage(r):
			http.Redirect(w, r, PagesPath, http.StatusFound)
		default:
			api.ServeHTTP(w, r)
		}
	}), nil
}

// asksPage says whether a browser asks for a page that its user opens.
func asksPage(r *http.Request) bool {
	return r.Method == http.MethodGet && strings.Contains(r.Header.Get("Accept"), "text/html")
}
