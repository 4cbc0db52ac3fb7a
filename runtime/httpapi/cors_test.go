package httpapi

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// preflight asks as a browser does before it calls the API from another origin.
func (s *server) preflight(origin string) http.Header {
	s.t.Helper()
	r := httptest.NewRequest(http.MethodOptions, "/api/sendText", nil)
	r.Header.Set("Origin", origin)
	r.Header.Set("Access-Control-Request-Method", http.MethodPost)
	r.Header.Set("Access-Control-Request-Headers", "content-type,x-api-key")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if w.Code != http.StatusNoContent || w.Body.Len() > 0 {
		s.t.Errorf("a preflight: %d %s", w.Code, w.Body)
	}
	return w.Header()
}

func TestPagesOfOtherOrigins(t *testing.T) {
	const page, other = "https://dashboard.example.com", "https://evil.example.com"
	for _, c := range []struct {
		origins            []string
		toPage, toOther    string
		pageMay, othersMay bool
	}{
		{nil, "*", "*", true, true},
		{[]string{"*"}, "*", "*", true, true},
		{[]string{page}, page, "", true, false},
		{[]string{}, "", "", false, false},
	} {
		s := newServer(t)
		s.cfg.AllowedOrigins = c.origins
		for origin, want := range map[string]string{page: c.toPage, other: c.toOther} {
			h := s.preflight(origin)
			if got := h.Get("Access-Control-Allow-Origin"); got != want {
				t.Errorf("with %v a preflight allows %s %q, want %q", c.origins, origin, got, want)
			}
			if got := h.Get("Access-Control-Allow-Headers"); want != "" && got != "content-type,x-api-key" {
				t.Errorf("with %v it allows the headers %q", c.origins, got)
			}
			w := s.request("GET", "/api/sessions", "", "Origin", origin)
			if got := w.Header().Get("Access-Control-Allow-Origin"); w.Code != http.StatusOK || got != want {
				t.Errorf("with %v a call from %s: %d, allowed %q", c.origins, origin, w.Code, got)
			}
		}
	}
}

// A page of another origin needs a key as everybody does, and sees why it was refused.
func TestOtherOriginsNeedAKey(t *testing.T) {
	s := newServer(t)
	w := s.request("GET", "/api/sessions", "", "Origin", "https://dashboard.example.com", "X-Api-Key", "wrong")
	if w.Code != http.StatusUnauthorized || w.Header().Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("%d, allowed %q", w.Code, w.Header().Get("Access-Control-Allow-Origin"))
	}
	if got := w.Header().Get("Access-Control-Allow-Credentials"); got != "" {
		t.Errorf("credentials are allowed: %q", got)
	}
	r := httptest.NewRequest(http.MethodOptions, "/api/sessions", nil) // no preflight
	w = httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if w.Code != http.StatusUnauthorized {
		t.Errorf("OPTIONS without a key: %d", w.Code)
	}
}
