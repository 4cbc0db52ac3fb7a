package httpapi

import (
	"net/http"
	"testing"

	"github.com/wasession/wasession/runtime/chat"
)

func TestPresences(t *testing.T) {
	s := newServer(t)
	s.apply(chat.LIDMapped{LID: "77@lid", Phone: "15550000001@c.us"})
	assertJSON(t, s.request("GET", "/api/default/presence", ""), http.StatusOK, `[{"id":"1203@g.us","presences":[]}]`)
	assertJSON(t, s.request("GET", "/api/default/presence/77@lid", ""), http.StatusOK,
		`{"id":"15550000001@c.us","presences":[{"participant":"15550000001@c.us","lastSeen":5,"lastKnownPresence":"offline"}]}`)
	s.expect(s.request("POST", "/api/default/presence/1203@g.us/subscribe", ""), http.StatusCreated, nil)
	s.expect(s.request("POST", "/api/default/presence/1@newsletter/subscribe", ""), http.StatusBadRequest, nil)
	s.expect(s.request("GET", "/api/default/presence/status@broadcast", ""), http.StatusBadRequest, nil)
	if done := s.live.done(); done != "presence 15550000001@c.us\nwatch 1203@g.us" {
		t.Errorf("done: %s", done)
	}
}
