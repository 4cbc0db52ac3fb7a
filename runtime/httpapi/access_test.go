package httpapi

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/wasession/wasession/runtime/httpapi/auth"
)

const unauthorized = `{"message":"Unauthorized","statusCode":401}`

// Every route but the open ones wants a key, whatever else is wrong.
func TestEveryRouteWantsAKey(t *testing.T) {
	s := newServer(t)
	openRoutes := map[string]bool{"/ping": true, "/openapi.json": true, "/docs": true}
	targets := map[string]string{"/api": "GET", "/api/": "GET", "/api/default/nothing": "GET", "/": "GET", "/v2/nothing": "GET", "/metrics": "GET"}
	for _, r := range s.routes {
		if r.action == auth.None {
			if !openRoutes[r.pattern] {
				t.Errorf("%s is open", r.pattern)
			}
			continue
		}
		targets[strings.NewReplacer("{session}", "nobody", "{chatId}", "x", "{messageId}", "y", "{file}", "z").Replace(r.pattern)] = r.method
	}
	for target, method := range targets {
		for _, key := range []string{"", "wrong"} {
			r := httptest.NewRequest(method, target, strings.NewReader("{"))
			if key != "" {
				r.Header.Set("X-Api-Key", key)
			}
			w := httptest.NewRecorder()
			s.ServeHTTP(w, r)
			if w.Code != http.StatusUnauthorized {
				t.Errorf("%s %s with key %q: %d %s", method, target, key, w.Code, w.Body)
			}
			if !strings.HasPrefix(target, "/v2") {
				assertJSON(t, w, http.StatusUnauthorized, unauthorized)
			}
		}
	}
	if calls := s.live.done(); calls != "" {
		t.Errorf("without a key was done: %s", calls)
	}
}

func TestKeysOfAllDialects(t *testing.T) {
	s := newServer(t)
	for _, target := range []string{"/api/default/chats?x-api-key=" + testKey, "/api/default/chats?access_token=" + testKey} {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest("GET", target, nil))
		if w.Code != http.StatusOK {
			t.Errorf("%s: %d", target, w.Code)
		}
	}
	for _, header := range []string{"X-Api-Key", "apikey"} {
		r := httptest.NewRequest("GET", "/api/default/chats", nil)
		r.Header.Set(header, testKey)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			t.Errorf("%s: %d", header, w.Code)
		}
	}
}

func TestOpenRoutes(t *testing.T) {
	s := newServer(t)
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest("GET", "/ping", nil))
	assertJSON(t, w, http.StatusOK, `{"message":"pong"}`)
}

func TestScopedKeys(t *testing.T) {
	s := newServer(t)
	s.people(1)
	s.keys.Replace([]auth.Key{
		{Secret: "reader", IsActive: true, Session: "default", Actions: map[auth.Action]bool{auth.Read: true}},
		{Secret: "sender", IsActive: true, Session: "default", Actions: map[auth.Action]bool{auth.Send: true}},
		{Secret: "all", IsActive: true, Session: "default"},
		{Secret: "other", IsActive: true, Session: "other"},
		{Secret: "off", IsActive: false, IsAdmin: true},
	})
	const chats, archive = "/api/default/chats", "/api/default/chats/15550000000/archive"
	for _, c := range []struct {
		key, method, target string
		want                int
	}{
		{"reader", "GET", chats, 200}, {"reader", "POST", archive, 403}, {"reader", "POST", "/api/sessions/default/stop", 403},
		{"reader", "GET", "/api/default/auth/qr", 403}, {"reader", "DELETE", "/api/sessions/default", 403},
		{"sender", "GET", chats, 403}, {"sender", "POST", archive, 201},
		{"all", "GET", chats, 200}, {"all", "POST", "/api/sessions/default/stop", 201},
		{"other", "GET", chats, 403}, {"other", "GET", "/api/sessions", 403}, {"other", "GET", "/health", 403},
		{"other", "GET", "/api/other/chats", 422},
		{"reader", "GET", "/api/other/chats", 403}, // which sessions there are is not for everyone
		{"off", "GET", chats, 401},
		{"reader", "GET", "/v2/chats?instance_id=default", 200}, {"reader", "POST", "/v2/chats/archive?instance_id=default&chatId=15550000000", 403},
		{"sender", "GET", "/api/screenshot?session=default", 403},
	} {
		w := s.request(c.method, c.target, "{}", "X-Api-Key", c.key)
		if w.Code != c.want {
			t.Errorf("%s: %s %s gives %d, want %d: %s", c.key, c.method, c.target, w.Code, c.want, w.Body)
		}
		if c.want == 403 && !strings.HasPrefix(c.target, "/v2") {
			assertJSON(t, w, 403, `{"message":"Forbidden resource","error":"Forbidden","statusCode":403}`)
		}
	}
}

func TestKeysNeverReachTheLog(t *testing.T) {
	s := newServer(t)
	s.request("GET", "/api/default/chats?x-api-key="+testKey+"&limit=x", "")
	s.request("GET", "/v2/chats?access_token="+testKey+"&instance_id=default", "")
	s.live.err = http.ErrBodyNotAllowed
	s.people(1)
	s.request("POST", "/api/default/chats/15550000000/archive?x-api-key="+testKey, "")
	s.request("GET", "/nothing?access_token="+testKey, "")
	if log := s.log.String(); strings.Contains(log, testKey) || !strings.Contains(log, "/api/default/chats") {
		t.Errorf("log: %s", log)
	}
}
