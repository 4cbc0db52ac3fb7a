package httpapi

import (
	"strings"
	"testing"

	"github.com/wasession/wasession/runtime/chat"
)

func TestPollVotes(t *testing.T) {
	s := newServer(t)
	poll := text("111@c.us", "POLL", testNow)
	poll.Type = chat.TypePoll
	s.apply(received(poll), received(text("111@c.us", "TEXT", testNow)))
	for body, want := range map[string]string{
		`{"chatId":"111","pollMessageId":"false_111@c.us_POLL","votes":["a","b","a"]}`:         `vote POLL ["a" "b"]`,
		`{"chatId":"111","pollMessageId":"POLL","pollServerId":5,"votes":[["a"],["b"]]}`:       `vote POLL ["a" "b"]`,
		`{"chatId":"111","pollMessageId":"POLL","pollServerId":null,"votes":[]}`:               `vote POLL []`,
		`{"chatId":"111","pollMessageId":"POLL","votes":"a"}`:                                  `vote POLL ["a"]`,
		`{"chatId":"111","pollMessageId":"POLL","votes":[2026]}`:                               `vote POLL ["2026"]`,
		`{"chatId":"111","pollMessageId":"POLL"}`:                                              "400 votes must be a list of options",
		`{"chatId":"111","votes":["a"]}`:                                                       "400 pollMessageId should not be empty",
		`{"pollMessageId":"POLL","votes":["a"]}`:                                               "400 chatId should not be empty",
		`{"chatId":"111","pollMessageId":"TEXT","votes":["a"]}`:                                "400 pollMessageId must be of a poll",
		`{"chatId":"222","pollMessageId":"false_111@c.us_POLL","votes":["a"]}`:                 "404 Message not found",
		`{"chatId":"1203@newsletter","pollMessageId":"POLL","pollServerId":120,"votes":["a"]}`: "501 cannot vote in channels",
	} {
		s.live.calls = nil
		w := s.request("POST", "/api/sendPollVote", body)
		status, says, refused := strings.Cut(want, " ")
		if refused = refused && status != "vote"; !refused {
			assertJSON(t, w, 201, `{"id":"true_111@c.us_V","_data":{"Info":"V"}}`)
			if got := s.live.done(); got != want {
				t.Errorf("%s did %s, want %s", body, got, want)
			}
		} else if got := w.Body.String(); w.Code != map[string]int{"400": 400, "404": 404, "501": 501}[status] || !strings.Contains(got, says) || s.live.done() != "" {
			t.Errorf("%s: %d %s, want %s", body, w.Code, got, want)
		}
	}
}
