package httpapi

import (
	"net/http"
	"strings"
	"testing"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
)

func TestTheOwnProfile(t *testing.T) {
	s := newServer(t)
	s.live.status.Me = &v1.Me{ID: "15550000009@c.us", PushName: "Al"}
	s.live.picture = func(chat.ID) (chat.Picture, error) { return chat.Picture{URL: "https://pps.example/a"}, nil }
	assertJSON(t, s.request("GET", "/api/default/profile", ""), http.StatusOK,
		`{"id":"15550000009@c.us","name":"Al","picture":"https://pps.example/a"}`)
	// Without a connection, what is known is told.
	s.live.err = chat.ErrNotConnected
	assertJSON(t, s.request("GET", "/api/default/profile", ""), http.StatusOK, `{"id":"15550000009@c.us","name":"Al","picture":null}`)
	s.live.status.Me = nil
	s.expect(s.request("GET", "/api/default/profile", ""), http.StatusUnprocessableEntity, nil)
}

func TestChangesOfTheProfile(t *testing.T) {
	s := newServer(t)
	long := strings.Repeat("ä", 140)
	for _, c := range []struct {
		path, body string
		status     int
		want       string
	}{
		{"name", `{"name":" Alice & Co "}`, 200, `name "Alice & Co"`},
		{"name", `{"name":"` + long[:50] + `"}`, 200, `name "` + long[:50] + `"`},
		{"name", `{"name":"` + long[:52] + `"}`, 400, ""},
		{"name", `{"name":"  "}`, 400, ""},
		{"name", `{}`, 400, ""},
		{"name", `{"name":{}}`, 400, ""},
		{"status", `{"status":"busy"}`, 200, `about me "busy"`},
		{"status", `{"status":""}`, 200, `about me ""`},
		{"status", `{"status":"` + long[:278] + `"}`, 200, `about me "` + long[:278] + `"`},
		{"status", `{"status":"` + long + `"}`, 400, ""},
		{"status", `{}`, 400, ""},
	} {
		answer := s.request("PUT", "/api/default/profile/"+c.path, c.body)
		if done := s.live.last(); answer.Code != c.status || done != c.want {
			t.Errorf("%s %s: %d %s, done %s", c.path, c.body, answer.Code, answer.Body, done)
		}
	}
}

func TestThePictureOfTheProfile(t *testing.T) {
	s := newServer(t)
	for _, c := range []struct {
		method, body string
		status       int
		want         string
	}{
		{"PUT", `{"file":{"data":"aGVsbG8="}}`, 200, "own picture true"},
		{"PUT", `{"file":{}}`, 400, ""},
		{"PUT", `{"file":{"data":"!!"}}`, 400, ""},
		{"DELETE", "", 200, "own picture false"},
	} {
		answer := s.request(c.method, "/api/default/profile/picture", c.body)
		if done := s.live.last(); answer.Code != c.status || done != c.want {
			t.Errorf("%s %s: %d %s, done %s", c.method, c.body, answer.Code, answer.Body, done)
		}
	}
	s.assertNoFiles()
}
