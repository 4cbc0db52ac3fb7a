package httpapi

import (
	"strings"
	"testing"

	"github.com/wasession/wasession/runtime/chat"
)

func TestRejectCalls(t *testing.T) {
	s := newServer(t)
	s.apply(chat.LIDMapped{LID: "9001@lid", Phone: "111@c.us"})
	for body, want := range map[string]string{
		`{"from":"111@c.us","id":"CALL"}`:    "reject 111@c.us CALL",
		`{"from":"9001@lid","id":"CALL"}`:    "reject 111@c.us CALL",
		`{"from":"9002@lid","id":"CA-LL.1"}`: "reject 9002@lid CA-LL.1",
		`{"from":"1203@g.us","id":"CALL"}`:   "from must be the ID of a person",
		`{"from":"111@c.us","id":"a b"}`:     "id must be the ID of a call",
		`{"from":"111@c.us","id":"../../x"}`: "id must be the ID of a call",
		`{"from":"111@c.us"}`:                "id should not be empty",
		`{"id":"CALL"}`:                      "from should not be empty",
	} {
		s.live.calls = nil
		w := s.request("POST", "/api/default/calls/reject", body)
		if strings.HasPrefix(want, "reject") {
			if got := s.live.done(); w.Code != 201 || got != want {
				t.Errorf("%s: %d, did %s", body, w.Code, got)
			}
		} else if w.Code != 400 || !strings.Contains(w.Body.String(), want) || s.live.done() != "" {
			t.Errorf("%s: %d %s", body, w.Code, w.Body)
		}
	}
}
