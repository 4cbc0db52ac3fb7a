package httpapi

import (
	"fmt"
	"strings"
	"testing"

	"github.com/wasession/wasession/runtime/chat"
)

const ownMessage = "/api/default/chats/111%40c.us/messages/true_111%40c.us_OWN"

func withOwn(s *server, kind chat.MessageType) {
	m := text("111@c.us", "OWN", testNow)
	m.FromMe, m.Type = true, kind
	s.apply(received(m), received(text("111@c.us", "THEIRS", testNow)))
}

func TestPin(t *testing.T) {
	s := newServer(t)
	withOwn(s, chat.TypeText)
	for seconds, want := range map[int]string{86400: "24h0m0s", 604800: "168h0m0s", 2592000: "720h0m0s"} {
		s.live.calls = nil
		assertJSON(t, s.request("POST", ownMessage+"/pin", fmt.Sprintf(`{"duration":%d}`, seconds)), 201, `{"success":true}`)
		if got := s.live.done(); got != "pin OWN "+want {
			t.Errorf("did %s", got)
		}
	}
	s.live.calls = nil
	assertJSON(t, s.request("POST", ownMessage+"/unpin", ""), 201, `{"success":true}`)
	if got := s.live.done(); got != "pin OWN 0s" {
		t.Errorf("did %s", got)
	}
	if w := s.request("POST", strings.Replace(ownMessage, "OWN", "NONE", 1)+"/pin", `{"duration":86400}`); w.Code != 404 {
		t.Errorf("an unknown message: %d", w.Code)
	}
}

func TestEdit(t *testing.T) {
	s := newServer(t)
	withOwn(s, chat.TypeText)
	assertJSON(t, s.request("PUT", ownMessage, `{"text":"Hello, world!","linkPreview":false,"linkPreviewHighQuality":true,"mentions":["222","333@c.us"]}`), 200,
		`{"id":"true_111@c.us_OWN","_data":{"Info":"OWN"}}`)
	if got := s.live.done(); got != `edit OWN "Hello, world!" [222@c.us 333@c.us]` {
		t.Errorf("did %s", got)
	}
	s.live.err = chat.ErrTooLate
	assertJSON(t, s.request("PUT", ownMessage, `{"text":"late"}`), 422,
		`{"message":"WhatsApp's time limit for this has passed","error":"Unprocessable Entity","statusCode":422}`)
}

func TestEditOfWhatHasNoText(t *testing.T) {
	s := newServer(t)
	withOwn(s, chat.TypeSticker)
	assertJSON(t, s.request("PUT", ownMessage, `{"text":"x"}`), 400,
		`{"message":["messageId must be of a message with a text or a caption"],"error":"Bad Request","statusCode":400}`)
	if got := s.live.done(); got != "" {
		t.Errorf("did %s", got)
	}
}

func TestRevoke(t *testing.T) {
	s := newServer(t)
	withOwn(s, chat.TypeText)
	assertJSON(t, s.request("DELETE", ownMessage, ""), 200, `{"id":"true_111@c.us_OWN","_data":{"Info":"OWN"}}`)
	if got := s.live.done(); got != "revoke OWN" {
		t.Errorf("did %s", got)
	}
}

func TestRevokeOfWhatOthersWrote(t *testing.T) {
	s := newServer(t)
	withOwn(s, chat.TypeText)
	assertJSON(t, s.request("DELETE", "/api/default/chats/111@c.us/messages/false_111@c.us_THEIRS", ""), 400,
		`{"message":["messageId must be of a message you sent, or of a message in a group or channel you administer"],"error":"Bad Request","statusCode":400}`)
	if got := s.live.done(); got != "" {
		t.Errorf("did %s", got)
	}
	inGroup := text("1203@g.us", "SPAM", testNow)
	inGroup.Participant = "555@c.us"
	s.apply(received(inGroup))
	var out struct{ ID string }
	s.expect(s.request("DELETE", "/api/default/chats/1203@g.us/messages/false_1203@g.us_SPAM_555@c.us", ""), 200, &out)
	if got := s.live.done(); out.ID != "false_1203@g.us_SPAM_555@c.us" || got != "revoke SPAM" {
		t.Errorf("did %s, answered %s", got, out.ID)
	}
}

// unread gives a chat unread messages, one each hour back from now.
func unread(s *server, id chat.ID, n int) {
	var changes []chat.Change
	for i := range n {
		m := text(id, fmt.Sprint("U", i), testNow-int64(i)*3600)
		if id.HasParticipants() {
			m.Participant = "555@c.us"
		}
		changes = append(changes, received(m))
	}
	s.apply(changes...)
}

func TestReadMessages(t *testing.T) {
	s := newServer(t)
	unread(s, "111@c.us", 200)
	unread(s, "1203@g.us", 200)
	const direct, group = "/api/default/chats/111@c.us/messages/read", "/api/default/chats/1203@g.us/messages/read"
	for _, c := range []struct {
		target, body string
		want         int
	}{
		{direct, "", 30}, {direct, "{}", 30}, {group, "{}", 100},
		{direct, `{"messages":5}`, 5}, {direct + "?messages=6", "", 6}, {direct + "?messages=6", `{"messages":5}`, 5},
		{group, `{"messages":150}`, 150}, {group, `{"messages":1000}`, 169}, // 7 days of one an hour, both ends in
		{group, `{"messages":1000,"days":1}`, 25}, {group + "?messages=1000&days=2", "", 49}, {group, `{"messages":1000,"days":30}`, 200},
	} {
		s.live.calls = nil
		var out struct{ IDs []string }
		s.expect(s.request("POST", c.target, c.body), 201, &out)
		if len(out.IDs) != c.want {
			t.Errorf("%s %s reads %d messages, want %d", c.target, c.body, len(out.IDs), c.want)
			continue
		}
		if id := out.IDs[0]; id != "false_111@c.us_U0" && id != "false_1203@g.us_U0_555@c.us" {
			t.Errorf("the newest is %s", id)
		}
		if want := fmt.Sprintf(" %d", c.want); !strings.HasSuffix(s.live.done(), want) {
			t.Errorf("did %s, want%s", s.live.done(), want)
		}
	}
}

func TestReadWithNothingUnread(t *testing.T) {
	s := newServer(t)
	withOwn(s, chat.TypeText)
	s.apply(chat.SelfRead{Chat: "111@c.us", Timestamp: testNow})
	assertJSON(t, s.request("POST", "/api/default/chats/111@c.us/messages/read", "{}"), 201, `{"ids":[]}`)
	assertJSON(t, s.request("POST", "/api/default/chats/999@c.us/messages/read", "{}"), 201, `{"ids":[]}`)
	if got := s.live.done(); got != "" {
		t.Errorf("did %s", got)
	}
}
