package httpapi

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
)

func TestErrorsAsTheContractShowsThem(t *testing.T) {
	s := newServer(t)
	s.people(1)
	assertJSON(t, s.request("GET", "/api/default/chats?limit=x", ""), 400,
		`{"message":["limit must be a number"],"error":"Bad Request","statusCode":400}`)
	assertJSON(t, s.request("GET", "/api/default/chats/15550000000/messages/NONE", ""), 404,
		`{"message":"Message not found","error":"Not Found","statusCode":404}`)
	assertJSON(t, s.request("GET", "/api/x/chats", ""), 422, `{"error":"Session \"x\" does not exist","session":"x"}`)
	assertJSON(t, s.request("GET", "/api/default/nothing", ""), 404,
		`{"message":"Cannot GET /api/default/nothing","error":"Not Found","statusCode":404}`)
	assertJSON(t, s.request("PATCH", "/api/default/chats", ""), 404,
		`{"message":"Cannot PATCH /api/default/chats","error":"Not Found","statusCode":404}`)

	s.live.err, s.live.phase = chat.ErrNotConnected, v1.PhaseStarting
	assertJSON(t, s.request("POST", "/api/default/chats/15550000000/archive", ""), 422,
		`{"error":"Session status is not as expected. Try again later or restart the session","session":"default","status":"STARTING","expected":["WORKING"]}`)
	assertJSON(t, s.request("GET", "/api/default/auth/qr", ""), 422,
		`{"error":"Session status is not as expected. Try again later or restart the session","session":"default","status":"STARTING","expected":["SCAN_QR_CODE"]}`)
	s.live.err = fmt.Errorf("%w: 429 rate-overlimit", chat.ErrRefused)
	assertJSON(t, s.request("POST", "/api/default/chats/15550000000/archive", ""), 422,
		`{"message":"WhatsApp refused the request: 429 rate-overlimit","error":"Unprocessable Entity","statusCode":422}`)
}

// What goes wrong inside is for the log, not for the client.
func TestUnexpectedErrorTellsNothing(t *testing.T) {
	s := newServer(t)
	s.people(1)
	s.live.err = errors.New("open /data/device.db: secret-token")
	w := s.request("POST", "/api/default/chats/15550000000/archive", "")
	assertJSON(t, w, 500, `{"statusCode":500,"message":"Internal server error"}`)
	if !strings.Contains(s.log.String(), "device.db") {
		t.Errorf("log: %s", s.log)
	}
}

func TestPanicIsA500(t *testing.T) {
	s := newServer(t)
	m := text("111@c.us", "AAA", 5)
	s.apply(received(m))
	s.live.picture = func(chat.ID) (chat.Picture, error) { panic("secret-stack") }
	w := s.request("GET", "/api/default/chats/111/picture", "")
	assertJSON(t, w, 500, `{"statusCode":500,"message":"Internal server error"}`)
	if !strings.Contains(s.log.String(), "secret-stack") || !strings.Contains(s.log.String(), "errors_test.go") {
		t.Errorf("the log does not say where: %s", s.log)
	}
	// The server goes on.
	s.get("/api/default/chats", nil)
}

// Bad input gets a 400 that names the field, and nothing changes.
func TestBadInputChangesNothing(t *testing.T) {
	s := newServer(t)
	s.people(1)
	own := text("15550000000@c.us", "OWN", testNow)
	own.FromMe = true
	s.apply(received(own))
	const c = "/api/default/chats/"
	const m = c + "15550000000@c.us/messages/"
	const id = m + "true_15550000000@c.us_OWN"
	huge := strings.Repeat("x", maxBody+1)
	for _, bad := range []struct{ method, target, body, field string }{
		{"GET", "/api/default/chats?limit=-1", "", "limit"},
		{"GET", "/api/default/chats?limit=1.5", "", "limit"},
		{"GET", "/api/default/chats?limit=99999999999999999999999", "", "limit"},
		{"GET", "/api/default/chats?limit=10&limit=20", "", "limit"},
		{"GET", "/api/default/chats?offset=-1", "", "offset"},
		{"GET", "/api/default/chats?offset=1e3", "", "offset"},
		{"GET", "/api/default/chats?sortBy=color", "", "sortBy"},
		{"GET", "/api/default/chats?sortBy=id;drop", "", "query"},
		{"GET", "/api/default/chats?sortOrder=DESC", "", "sortOrder"},
		{"GET", "/api/default/chats?merge=maybe", "", "merge"},
		{"GET", "/api/default/chats?limit=%zz", "", "query"},
		{"GET", c + "overview?limit=-1", "", "limit"},
		{"GET", c + "overview?ids=abc", "", "each value in ids"},
		{"POST", c + "overview", `{"pagination":{"limit":"all"}}`, "pagination.limit"},
		{"POST", c + "overview", `{"pagination":[]}`, "pagination"},
		{"POST", c + "overview", `{"filter":{"ids":{"0":"111"}}}`, "filter.ids"},
		{"POST", c + "overview", `{"filter":{"ids":[true]}}`, "each value in filter.ids"},
		{"POST", c + "overview", `{"filter":`, "body"},
		{"POST", c + "overview", `{}{}`, "body"},
		{"POST", c + "overview", `"` + huge + `"`, "body"},
		{"GET", c + "abc/picture", "", "chatId"},
		{"GET", c + "111/picture?refresh=yes", "", "refresh"},
		{"POST", c + "abc/archive", "", "chatId"},
		{"POST", c + "..%2F..%2Fetc/archive", "", "chatId"},
		{"POST", c + "111%00/archive", "", "chatId"},
		{"POST", c + "-5/unarchive", "", "chatId"},
		{"POST", c + "x@g.us/unread", "", "chatId"},
		{"DELETE", c + "x@newsletter", "", "chatId"},
		{"DELETE", c + strings.Repeat("1", 200), "", "chatId"},
		{"POST", m + "read?messages=-1", "", "messages"},
		{"POST", m + "read?days=x", "", "days"},
		{"POST", m + "read", `{"messages":0}`, "messages"},
		{"POST", m + "read", `{"days":"a week"}`, "days"},
		{"POST", m + "read", `[]`, "body"},
		{"GET", c + "111/messages?limit=abc", "", "limit"},
		{"GET", c + "111/messages?limit=-1", "", "limit"},
		{"GET", c + "111/messages?sortBy=id", "", "sortBy"},
		{"GET", c + "111/messages?downloadMedia=2", "", "downloadMedia"},
		{"GET", c + "111/messages?filter.timestamp.lte=now", "", "filter.timestamp.lte"},
		{"GET", c + "111/messages?filter.timestamp.gte=-1", "", "filter.timestamp.gte"},
		{"GET", c + "111/messages?filter.fromMe=me", "", "filter.fromMe"},
		{"GET", c + "111/messages?filter.ack=SEEN", "", "filter.ack"},
		{"GET", c + "111/messages?filter.ack=read", "", "filter.ack"},
		{"GET", c + "all/messages?limit=x", "", "limit"},
		{"GET", m + "not_an_id", "", "messageId"},
		{"GET", m + "maybe_111@c.us_AAA", "", "messageId"},
		{"POST", c + "all/archive", "", "chatId"},
		{"POST", id + "/pin", `{}`, "duration"},
		{"POST", id + "/pin", `{"duration":60}`, "duration"},
		{"POST", id + "/pin", `{"duration":"86401"}`, "duration"},
		{"POST", m + "OWN/pin", `{"duration":86400}`, "messageId"},
		{"POST", m + "OWN/unpin", ``, "messageId"},
		{"PUT", id, `{}`, "text"},
		{"PUT", id, `{"text":""}`, "text"},
		{"PUT", id, `{"text":{}}`, "text"},
		{"PUT", id, `{"text":"` + strings.Repeat("x", 65537) + `"}`, "text"},
		{"PUT", id, `{"text":"a","mentions":["x"]}`, "each value in mentions"},
		{"PUT", id, `{"text":"a","linkPreview":"yes"}`, "linkPreview"},
		{"PUT", m + "false_15550000000@c.us_M0", `{"text":"a"}`, "messageId"},
		{"PUT", m + "OWN", `{"text":"a"}`, "messageId"},
		{"DELETE", m + "OWN", "", "messageId"},
		{"POST", "/api/sessions", `{"name":"a b"}`, "name"},
		{"POST", "/api/sessions", `{"name":"` + strings.Repeat("a", 55) + `"}`, "name"},
		{"POST", "/api/sessions", `{"name":[7]}`, "name"},
		{"GET", "/api/sessions?all=2", "", "all"},
		{"GET", "/api/default/auth/qr?format=svg", "", "format"},
		{"POST", "/api/default/auth/request-code", `{}`, "phoneNumber"},
		{"POST", "/api/default/auth/request-code", `{"phoneNumber":"call me"}`, "phoneNumber"},
		{"POST", "/api/default/auth/request-code", `{"phoneNumber":[12132132130]}`, "phoneNumber"},
	} {
		w := s.request(bad.method, bad.target, bad.body)
		var body struct {
			Message    []string
			Error      string
			StatusCode int
		}
		s.expect(w, http.StatusBadRequest, &body)
		if len(body.Message) == 0 || !strings.HasPrefix(body.Message[0], bad.field+" ") || body.Error != "Bad Request" || body.StatusCode != 400 {
			t.Errorf("%s %.90s %.60s gives %q, want %s", bad.method, bad.target, bad.body, body.Message, bad.field)
		}
	}
	if calls := s.live.done(); calls != "" {
		t.Errorf("was done all the same: %s", calls)
	}
}

func TestEveryProblemIsNamed(t *testing.T) {
	s := newServer(t)
	assertJSON(t, s.request("GET", "/api/default/chats/x/messages?limit=y&offset=-1&sortOrder=up&downloadMedia=z&filter.ack=q", ""), 400,
		`{"message":["chatId \"x\" is neither a phone number nor a chat id","limit must be a number","offset must not be less than 0",
		"sortOrder must be one of the following values: desc, asc","downloadMedia must be a boolean value",
		"filter.ack must be one of the following values: ERROR, PENDING, SERVER, DEVICE, READ, PLAYED"],"error":"Bad Request","statusCode":400}`)
}

// Paths hold phone numbers, which do not belong into the log.
func TestFailuresAreLoggedByTheirRoute(t *testing.T) {
	s := newServer(t)
	s.apply(received(text("15550009999@c.us", "A", testNow)))
	s.live.err = errors.New("a bug")
	if w := s.request("POST", "/api/default/chats/15550009999@c.us/archive", ""); w.Code != 500 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	for line := range strings.Lines(s.log.String()) {
		if !strings.Contains(line, "level=DEBUG") && strings.Contains(line, "15550009999") {
			t.Errorf("logged: %s", line)
		}
	}
	if !strings.Contains(s.log.String(), "route=/api/{session}/chats/{chatId}/archive") {
		t.Errorf("the log does not name the route: %s", s.log)
	}
}
