package httpapi

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/wire"
)

const channelsPath = "/api/default/channels"

func TestChannelsAreListedByRole(t *testing.T) {
	s := newServer(t)
	for query, want := range map[string]string{
		"": "SUBSCRIBER OWNER", "?role=OWNER": "OWNER", "?role=SUBSCRIBER": "SUBSCRIBER", "?role=ADMIN": "",
	} {
		var list []wire.Channel
		s.expect(s.request("GET", channelsPath+query, ""), http.StatusOK, &list)
		var roles []string
		for _, c := range list {
			roles = append(roles, c.Role)
		}
		if got := strings.Join(roles, " "); got != want || list == nil {
			t.Errorf("%q lists %q, want %q", query, got, want)
		}
	}
	s.expect(s.request("GET", channelsPath+"?role=GUEST", ""), http.StatusBadRequest, nil)
}

func TestAChannelIsNamedByIDOrInviteCode(t *testing.T) {
	s := newServer(t)
	const code, id = "0029Va4K0PZ5a245NkngBA2M", "120363000000500001@newsletter"
	for name, want := range map[string]string{
		id: id, code: code, "https://www.whatsapp.com/channel/" + code: code, "https://whatsapp.com/channel/" + code + "?x=y": code,
		"whatsapp.com/channel/" + code: code, "http://www.whatsapp.com/channel/" + code: code,
	} {
		answer := s.request("GET", channelsPath+"/"+url.PathEscape(name), "")
		if got := s.live.last(); answer.Code != http.StatusOK || got != "look at "+want {
			t.Errorf("%s: %d %s, %s", name, answer.Code, answer.Body, got)
		}
	}
	for _, name := range []string{
		"1203@g.us", "@newsletter", "x@newsletter", "https://chat.example/" + code, "a b", "..%2f", strings.Repeat("a", 65),
		strings.Repeat("1", 65) + "@newsletter", "15550002222@c.us",
	} {
		answer := s.request("GET", channelsPath+"/"+url.PathEscape(name), "")
		if got := s.live.last(); answer.Code != http.StatusBadRequest || got != "" {
			t.Errorf("%s: %d %s, %s", name, answer.Code, answer.Body, got)
		}
	}
}

func TestWhatIsDoneToAChannel(t *testing.T) {
	s := newServer(t)
	const id = "120363000000500001@newsletter"
	for call, want := range map[string]string{
		"follow": "follow " + id, "unfollow": "unfollow " + id, "mute": "mute " + id + " true", "unmute": "mute " + id + " false",
	} {
		path := channelsPath + "/" + id + "/" + call
		s.live.err = nil
		s.expect(s.request("POST", path, ""), http.StatusCreated, nil)
		if got := s.live.last(); got != want {
			t.Errorf("%s: %s", call, got)
		}
		for err, status := range map[error]int{
			chat.ErrNotFound: 404, chat.ErrRefused: 422, chat.ErrNotConnected: 422, chat.ErrUnanswered: 504,
		} {
			s.live.err = fmt.Errorf("doing it: %w", err)
			if answer := s.request("POST", path, ""); answer.Code != status || status == 404 && !strings.Contains(answer.Body.String(), "Channel not found") {
				t.Errorf("%s, %v: %d %s", call, err, answer.Code, answer.Body)
			}
		}
		s.live.last()
		for _, other := range []string{"15550002222", "1203@g.us", "0029Va4K0PZ5a245NkngBA2M"} {
			answer := s.request("POST", channelsPath+"/"+other+"/"+call, "")
			if got := s.live.last(); answer.Code != http.StatusBadRequest || got != "" {
				t.Errorf("%s %s: %d %s", call, other, answer.Code, got)
			}
		}
	}
}

func TestChannelMessagesArePreviewed(t *testing.T) {
	s := newServer(t)
	const code, id = "0029Va4K0PZ5a245NkngBA2M", "120363000000500001@newsletter"
	for path, want := range map[string]string{
		id + "/messages/preview":                                                       "posts of " + id + " 10",
		code + "/messages/preview?limit=3&downloadMedia=true":                          "posts of " + id + " 3",
		url.PathEscape(code) + "/messages/preview?limit=100":                           "posts of " + id + " 100",
		url.PathEscape("https://www.whatsapp.com/channel/"+code) + "/messages/preview": "posts of " + id + " 10",
	} {
		var posts []wire.ChannelMessage
		s.expect(s.request("GET", channelsPath+"/"+path, ""), http.StatusOK, &posts)
		if got := s.live.last(); got != want {
			t.Errorf("%s: %s", path, got)
		}
		if len(posts) != 1 || posts[0].ViewCount != 7 || posts[0].Reactions["👍"] != 2 || posts[0].Message.ID != "false_"+id+"_3EB0AAAA" {
			t.Errorf("%s: %+v", path, posts)
		}
	}
	for _, query := range []string{"?limit=0", "?limit=101", "?limit=x", "?downloadMedia=perhaps"} {
		s.expect(s.request("GET", channelsPath+"/"+id+"/messages/preview"+query, ""), http.StatusBadRequest, nil)
	}
	s.live.err = chat.ErrNotFound
	s.expect(s.request("GET", channelsPath+"/"+id+"/messages/preview", ""), http.StatusNotFound, nil)
}

func TestChannelsAreCreated(t *testing.T) {
	s := newServer(t)
	long := strings.Repeat("ä", 2049)
	for _, c := range []struct {
		body   string
		status int
		want   string
	}{
		{`{"name":" News "}`, 201, `create channel "News" "" false`},
		{`{"name":"News","description":"What is new","picture":{"data":"aGVsbG8=","mimetype":"image/jpeg"}}`, 201, `create channel "News" "What is new" true`},
		{`{"name":"` + long[:200] + `","description":"` + long[:4096] + `"}`, 201, fmt.Sprintf("create channel %q %q false", long[:200], long[:4096])},
		{`{"name":"` + long[:202] + `"}`, 400, ""},
		{`{"name":"News","description":"` + long + `"}`, 400, ""},
		{`{"name":" "}`, 400, ""},
		{`{"name":"News","picture":{"mimetype":"image/jpeg"}}`, 400, ""},
		{`{"name":"News","picture":{"data":"%"}}`, 400, ""},
		{`{"name":{}}`, 400, ""},
		{`{}`, 400, ""},
	} {
		answer := s.request("POST", channelsPath, c.body)
		if got := s.live.last(); answer.Code != c.status || got != c.want {
			t.Errorf("%.100s: %d %s, %.100s", c.body, answer.Code, answer.Body, got)
		}
	}
}

func TestPreviewsWaitForEachOther(t *testing.T) {
	s := newServer(t)
	one, first := s.previews.take(t.Context())
	two, second := s.previews.take(t.Context())
	if first != nil || second != nil {
		t.Fatal(first, second)
	}
	path := channelsPath + "/120363000000500001@newsletter/messages/preview"
	patience := s.previews.wait
	s.previews.wait = time.Millisecond
	s.expect(s.request("GET", path, ""), http.StatusServiceUnavailable, nil)
	s.previews.wait = patience
	one.release()
	s.expect(s.request("GET", path, ""), http.StatusOK, nil)
	two.release()
	if !s.previews.free.TryAcquire(2 * pieceCost) {
		t.Error("a preview still holds its share")
	}
}
