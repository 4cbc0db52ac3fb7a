package httpapi

import (
	"encoding/xml"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
)

const wawpChats = "/v2/chats?instance_id=default"

func TestWawpChats(t *testing.T) {
	s := newServer(t)
	s.people(30)
	for query, want := range map[string]struct {
		first string
		n     int
	}{
		"": {"15550000029@c.us", 20}, "&limit=30": {"15550000029@c.us", 30}, "&sortOrder=ASC": {"15550000000@c.us", 20},
		"&sortOrder=asc": {"15550000000@c.us", 20}, "&sortOrder=desc": {"15550000029@c.us", 20}, "&sortOrder=Desc&limit=1": {"15550000029@c.us", 1},
		"&sortBy=id&sortOrder=DESC": {"15550000000@c.us", 20}, "&sortBy=id&sortOrder=ASC": {"15550000029@c.us", 20},
		"&limit=20&offset=20": {"15550000009@c.us", 10}, "&offset=30": {"", 0},
	} {
		for _, method := range []string{"GET", "POST"} {
			var rows []row
			s.expect(s.request(method, wawpChats+query, ""), 200, &rows)
			if len(rows) != want.n || want.n > 0 && rows[0].ID != want.first {
				t.Errorf("%s %s: %d rows, the first %+v", method, query, len(rows), rows[:min(1, len(rows))])
			}
		}
	}
}

func TestWawpRowsTellTheirState(t *testing.T) {
	s := newServer(t)
	s.apply(received(text("111@c.us", "A", testNow)), chat.Archived{Chat: "111@c.us", Archived: true}, chat.Muted{Chat: "111@c.us", Until: -1})
	body := s.request("GET", wawpChats, "").Body.String()
	for _, member := range []string{`"archived":true`, `"pinned":false`, `"muted":true`, `"unreadCount":1`} {
		if !strings.Contains(body, member) {
			t.Errorf("%s is not in %s", member, body)
		}
	}
}

func TestWawpParametersInTheBody(t *testing.T) {
	s := newServer(t)
	s.people(5)
	for _, c := range []struct{ contentType, body string }{
		{"application/json", `{"instance_id":"default","limit":2,"sortOrder":"asc"}`},
		{"application/json", `{"instance_id":"default","limit":"2","sortOrder":"ASC","extra":null}`},
		{"application/x-www-form-urlencoded", `instance_id=default&limit=2&sortOrder=asc`},
		{"application/x-www-form-urlencoded", `{"instance_id":"default","limit":2,"sortOrder":"asc"}`},
	} {
		var rows []row
		s.expect(s.request("POST", "/v2/chats", c.body, "Content-Type", c.contentType), 200, &rows)
		if len(rows) != 2 || rows[0].ID != "15550000000@c.us" {
			t.Errorf("%s %s: %+v", c.contentType, c.body, rows)
		}
	}
	var rows []row
	s.expect(s.request("POST", wawpChats+"&limit=3", `{"limit":1}`), 200, &rows)
	if len(rows) != 3 {
		t.Errorf("the query gives way to the body: %d rows", len(rows))
	}
	var summaries []summary
	s.expect(s.request("POST", "/v2/chats/overview?instance_id=default", `{"ids":["15550000001","15550000002@c.us"]}`), 200, &summaries)
	if len(summaries) != 2 || summaries[0].LastMessage == nil {
		t.Errorf("overview by ids: %+v", summaries)
	}
}

func TestWawpOverview(t *testing.T) {
	s := newServer(t)
	s.people(3)
	var all []summary
	s.get("/v2/chats/overview?instance_id=default&limit=2", &all)
	if len(all) != 2 || all[0].Chat.ID != "15550000002@c.us" {
		t.Errorf("%+v", all)
	}
}

func TestWawpArchive(t *testing.T) {
	s := newServer(t)
	s.people(1)
	assertJSON(t, s.request("POST", "/v2/chats/archive?instance_id=default&chatId=15550000000@c.us", ""), 200, `{"success":true,"message":"Chat archived"}`)
	assertJSON(t, s.request("POST", "/v2/chats/archive", `{"instance_id":"default","chatId":"15550000000","archived":false}`), 200, `{"success":true,"message":"Chat unarchived"}`)
	if got := s.live.done(); got != "archive 15550000000@c.us true\narchive 15550000000@c.us false" {
		t.Errorf("did %s", got)
	}
}

func TestWawpErrors(t *testing.T) {
	s := newServer(t)
	s.people(1)
	for _, c := range []struct {
		method, target, body string
		status               int
		want                 string
	}{
		{"GET", "/v2/chats", "", 400, `{"success":false,"message":"instance_id should not be empty","code":"BAD_REQUEST"}`},
		{"GET", wawpChats + "&limit=x", "", 400, `{"success":false,"message":"limit must be a number","code":"BAD_REQUEST"}`},
		{"GET", wawpChats + "&sortOrder=up", "", 400, `{"success":false,"message":"sortOrder must be one of the following values: DESC, ASC","code":"BAD_REQUEST"}`},
		{"POST", wawpChats, "{", 400, `{"success":false,"message":"body must be a JSON object or a form","code":"BAD_REQUEST"}`},
		{"POST", "/v2/chats", `{"instance_id":{"a":1}}`, 400, `{"success":false,"message":"instance_id must be a string, a number, a boolean or a list of strings","code":"BAD_REQUEST"}`},
		{"POST", "/v2/chats", `{"instance_id":"default","limit":["1","2"]}`, 400, `{"success":false,"message":"limit must be given once","code":"BAD_REQUEST"}`},
		{"GET", "/v2/chats?instance_id=nobody", "", 404, `{"success":false,"message":"Session \"nobody\" does not exist","code":"NOT_FOUND"}`},
		{"GET", "/v2/nothing", "", 404, `{"success":false,"message":"Cannot GET /v2/nothing","code":"NOT_FOUND"}`},
		{"POST", "/v2/chats/archive?instance_id=default&chatId=999", "", 404, `{"success":false,"message":"Chat not found","code":"NOT_FOUND"}`},
		{"POST", "/v2/chats/archive?instance_id=default", "", 400, `{"success":false,"message":"chatId should not be empty","code":"BAD_REQUEST"}`},
	} {
		w := s.request(c.method, c.target, c.body)
		if w.Code != c.status || canonical(t, w.Body.Bytes()) != canonical(t, []byte(c.want)) {
			t.Errorf("%s %s: %d %s", c.method, c.target, w.Code, w.Body)
		}
	}
	assertWawp(t, s.request("GET", wawpChats, "", "X-Api-Key", "wrong"), 401, "UNAUTHORIZED")
	s.live.err = chat.ErrNotConnected
	assertWawp(t, s.request("POST", "/v2/chats/archive?instance_id=default&chatId=15550000000", ""), 502, "BAD_GATEWAY")
	_ = s.store.Close()
	assertWawp(t, s.request("GET", wawpChats, ""), 500, "INTERNAL_ERROR")
}

func assertWawp(t *testing.T, w *httptest.ResponseRecorder, status int, code string) {
	t.Helper()
	if w.Code != status || !strings.Contains(w.Body.String(), `"success":false`) || !strings.Contains(w.Body.String(), `"code":"`+code+`"`) {
		t.Errorf("%d %s, want %d %s", w.Code, w.Body, status, code)
	}
}

func TestWawpErrorsInTheFormAccepted(t *testing.T) {
	s := newServer(t)
	const target = "/v2/chats?instance_id=%3Cscript%3Ealert(1)%3C/script%3E"
	for accept, want := range map[string]string{
		"": "application/json", "*/*": "application/json", "application/json": "application/json", "image/png": "application/json",
		"application/xml": "application/xml", "text/xml": "text/xml", "text/plain": "text/plain", "text/html": "text/html",
		"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8": "text/html",
		"text/plain;q=0.5, application/json;q=0.9":                        "application/json",
		"application/json;q=0, text/*":                                    "text/xml",
		"application/json, text/plain, */*":                               "application/json",
	} {
		w := s.request("GET", target, "", "Accept", accept)
		if w.Code != 404 || w.Header().Get("Content-Type") != want+"; charset=utf-8" {
			t.Errorf("Accept %q: %d %s", accept, w.Code, w.Header().Get("Content-Type"))
		}
		if strings.Contains(w.Body.String(), "<script>") && want != "text/plain" {
			t.Errorf("Accept %q: a script came through: %s", accept, w.Body)
		}
	}
	var e struct {
		XMLName xml.Name `xml:"error"`
		Success bool     `xml:"success"`
		Message string   `xml:"message"`
		Code    string   `xml:"code"`
	}
	w := s.request("GET", target, "", "Accept", "application/xml")
	if err := xml.Unmarshal(w.Body.Bytes(), &e); err != nil || e.Code != "NOT_FOUND" || e.Message != `Session "<script>alert(1)</script>" does not exist` {
		t.Errorf("%+v, %v", e, err)
	}
}

func TestColdBoot(t *testing.T) {
	fresh := time.Unix(testNow-5, 0)
	for _, c := range []struct {
		what   string
		status v1.Status
		sync   v1.HistorySync
		wait   bool
	}{
		{"history is being imported", v1.Status{Phase: v1.PhaseWorking, Paired: true, History: v1.HistoryStatus{Pending: 2}}, "", true},
		{"just connected", v1.Status{Phase: v1.PhaseWorking, Paired: true, Since: fresh}, "", true},
		{"connecting", v1.Status{Phase: v1.PhaseStarting, Paired: true, Since: fresh}, v1.HistoryFull, true},
		{"connected a while", v1.Status{Phase: v1.PhaseWorking, Paired: true, Since: time.Unix(testNow-31, 0)}, "", false},
		{"no history wanted", v1.Status{Phase: v1.PhaseWorking, Paired: true, Since: fresh}, v1.HistoryNone, false},
		{"an empty account, imported", v1.Status{Phase: v1.PhaseWorking, Paired: true, Since: fresh, History: v1.HistoryStatus{Imported: 1}}, "", false},
		{"not paired", v1.Status{Phase: v1.PhaseScanQRCode, Since: fresh}, "", false},
	} {
		s := newServer(t)
		s.live.status, s.live.phase, s.cfg.History.Sync = c.status, c.status.Phase, c.sync
		for _, target := range []string{wawpChats, "/v2/chats/overview?instance_id=default"} {
			w := s.request("GET", target, "")
			if c.wait && (w.Code != 202 || w.Header().Get("Retry-After") != "5") || !c.wait && w.Code != 200 {
				t.Errorf("%s: %d %v", c.what, w.Code, w.Header())
			}
			if w.Body.String() != "[]" {
				t.Errorf("%s: %s", c.what, w.Body)
			}
		}
		s.people(1)
		if w := s.request("GET", wawpChats, ""); w.Code != 200 {
			t.Errorf("%s, with a chat: %d", c.what, w.Code)
		}
	}
}
