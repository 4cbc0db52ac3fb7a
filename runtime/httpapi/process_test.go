package httpapi

import (
	"strings"
	"testing"

	"github.com/wasession/wasession/runtime/httpapi/auth"
)

func TestTheProcessIsTheAdmins(t *testing.T) {
	s := newServer(t)
	s.keys.Replace([]auth.Key{auth.Plain(testKey), {ID: "scoped", Secret: "scoped", IsActive: true, Session: "default"}})
	for call, status := range map[string]int{
		"GET /api/server/environment":         200,
		"GET /api/server/environment?all=yes": 400,
		"GET /api/server/debug/cpu?seconds=1": 200,
		"GET /api/server/debug/cpu?seconds=0": 400,
		"GET /api/server/debug/cpu?seconds=x": 400,
		"GET /api/server/debug/heapsnapshot":  200,
		"POST /api/server/stop":               201,
	} {
		method, target, _ := strings.Cut(call, " ")
		if got := s.request(method, target, "", "X-Api-Key", "scoped"); got.Code != 403 {
			t.Errorf("%s with the key of a session: %d %s", call, got.Code, got.Body)
		}
		if got := s.request(method, target, ""); got.Code != status {
			t.Errorf("%s: %d %s, want %d", call, got.Code, got.Body, status)
		}
	}
	if got := s.live.done(); got != "stop the process" {
		t.Errorf("done: %s", got)
	}
}

func TestSessionsAreNamedByTheBody(t *testing.T) {
	s := newServer(t)
	for _, c := range []struct {
		path, body string
		status     int
		done       string
	}{
		{"start", `{"name":"default"}`, 201, "start"},
		{"start", `{}`, 201, "start"},
		{"stop", `{"name":"default"}`, 201, "stop"},
		{"stop", `{"name":"default","logout":true}`, 201, "logout"},
		{"logout", `{"name":"default"}`, 201, "logout"},
		{"logout", `{"name":"other"}`, 422, ""},
		{"stop", `{"name":[]}`, 400, ""},
	} {
		got := s.request("POST", "/api/sessions/"+c.path, c.body)
		if done := s.live.last(); got.Code != c.status || done != c.done {
			t.Errorf("%s %s: %d %s, done %q", c.path, c.body, got.Code, got.Body, done)
		}
	}
}

// What cannot be had says why, and apps are an empty list.
func TestWhatIsLacking(t *testing.T) {
	s := newServer(t)
	for call, want := range map[string]string{
		"POST /api/apps": "webhook",
		"GET /api/keys":  "Secret",
		"POST /api/default/channels/search/by-text":   "directory",
		"GET /api/default/channels/search/views":      "directory",
		"GET /api/server/debug/browser/trace/default": "no browser",
		"POST /api/sendButtons":                       "business platform",
		"POST /api/sendList":                          "business platform",
		"POST /api/send/buttons/reply":                "not known",
	} {
		method, target, _ := strings.Cut(call, " ")
		if got := s.request(method, target, `{}`); got.Code != 501 || !strings.Contains(got.Body.String(), want) {
			t.Errorf("%s: %d %s", call, got.Code, got.Body)
		}
	}
	var apps []any
	if s.get("/api/apps?session=default", &apps); apps == nil || len(apps) != 0 {
		t.Errorf("apps are %v", apps)
	}
}
