package api

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/wasession/wasession/test/simulator"
)

// texts are those that reached a person's phone, in order.
func texts(by *simulator.User) (all []string) {
	for _, r := range by.Inbox() {
		if r.Kind == simulator.KindMessage {
			all = append(all, r.Text())
		}
	}
	return all
}

// offered are the calls of the API as they are described, with values for the
// parameters of their paths.
func (w *world) offered(session string) (all [][2]string) {
	w.Helper()
	var description struct{ Paths map[string]map[string]any }
	w.get("/openapi.json", &description)
	param := regexp.MustCompile(`\{[a-zA-Z]+\}`)
	for path, methods := range description.Paths {
		path = strings.ReplaceAll(path, "{session}", session)
		for method := range methods {
			all = append(all, [2]string{methodOf(method), param.ReplaceAllString(path, "1")})
		}
	}
	return all
}

// without sends a request with another key than the right one.
func (w *world) without(method, path, wrong string) int {
	w.Helper()
	r, err := http.NewRequestWithContext(w.ctx, method, w.url+path, nil)
	w.ok(err)
	if wrong != "" {
		r.Header.Set("X-Api-Key", wrong)
	}
	resp, err := http.DefaultClient.Do(r)
	w.ok(err)
	_ = resp.Body.Close()
	return resp.StatusCode
}

// Every call needs the key, except those that tell nothing about the session.
func TestEveryCallNeedsTheKey(t *testing.T) {
	w := newWorld(t)
	w.run()
	open := []string{"/ping", "/openapi.json", "/docs"}
	for _, c := range w.offered(name) {
		want := http.StatusUnauthorized
		if slices.Contains(open, c[1]) {
			want = http.StatusOK
		}
		for _, wrong := range []string{"", "wrong", key + "x", strings.ToUpper(key)} {
			if got := w.without(c[0], c[1], wrong); got != want {
				t.Errorf("%s %s with the key %q: %d, want %d", c[0], c[1], wrong, got, want)
			}
		}
	}
}

// No call about another session answers as if it were about this one.
func TestEveryCallIsHeldToItsSession(t *testing.T) {
	w := newWorld(t)
	w.run()
	for _, c := range w.offered("another") {
		if !strings.Contains(c[1], "/another") {
			continue
		}
		r, err := http.NewRequestWithContext(w.ctx, c[0], w.url+c[1], strings.NewReader("{}"))
		w.ok(err)
		r.Header.Set("X-Api-Key", key)
		resp, err := http.DefaultClient.Do(r)
		w.ok(err)
		_ = resp.Body.Close()
		if resp.StatusCode < 400 || resp.StatusCode >= 500 {
			t.Errorf("%s %s: %d", c[0], c[1], resp.StatusCode)
		}
	}
}

// Before the account is paired, what needs WhatsApp is refused with the status
// of the session, and is not made up for once it is paired.
func TestNothingIsSentBeforePairing(t *testing.T) {
	w := newWorld(t)
	w.run()
	w.await("a QR to scan", func() bool {
		status, _ := w.call("GET", "/api/sales/auth/qr?format=raw", nil)
		return status == http.StatusOK
	})
	for _, c := range []struct {
		method, path string
		body         any
	}{
		{"POST", "/api/sendText", to(bobChat, m{"text": "too early"})},
		{"POST", "/api/reply", to(bobChat, m{"text": "too early"})},
		{"GET", "/api/sendText?phone=" + bobPN + "&text=too+early", nil},
		{"POST", "/api/sendLocation", to(bobChat, m{"latitude": 1, "longitude": 1})},
		{"POST", "/api/sendPoll", to(bobChat, m{"poll": m{"name": "which?", "options": []string{"a", "b"}}})},
		{"POST", "/api/sendContactVcard", to(bobChat, m{"contacts": []m{{"fullName": "A", "phoneNumber": "+1"}}})},
		{"POST", "/api/sendImage", to(bobChat, m{"file": m{"data": png(t)}})},
		{"POST", "/api/sendFile", to(bobChat, m{"file": m{"data": png(t), "filename": "a.png"}})},
		{"POST", "/api/startTyping", to(bobChat, nil)},
		{"POST", "/api/sales/presence", m{"presence": "online"}},
		{"POST", "/api/contacts/block", m{"contactId": bobChat}},
		{"PUT", "/api/sales/contacts/" + bobChat, m{"firstName": "Bob"}},
		{"GET", "/api/contacts/check-exists?phone=" + bobPN, nil},
		{"POST", "/api/sales/groups/refresh", nil},
	} {
		status, answer := w.call(c.method, c.path, c.body)
		var refusal struct {
			Status   string
			Expected []string
		}
		if err := json.Unmarshal(answer, &refusal); err != nil || status != http.StatusUnprocessableEntity || refusal.Status != "SCAN_QR_CODE" ||
			!slices.Equal(refusal.Expected, []string{"WORKING"}) {
			t.Errorf("%s %s: %d %s", c.method, c.path, status, answer)
		}
	}
	w.scan()
	w.received(w.bob, w.send("/api/sendText", to(bobChat, m{"text": "now"})))
	if got := texts(w.bob); !slices.Equal(got, []string{"now"}) {
		t.Errorf("Bob has %q", got)
	}
}

// Input that is wrong is refused with the name of the field, and nobody gets a
// message because of it.
func TestBadInputSendsNothing(t *testing.T) {
	w := paired(t)
	long := strings.Repeat("x", 65_537)
	for _, c := range []struct {
		path string
		body any
		says string
	}{
		{"/api/sendText", "", "chatId should not be empty"},
		{"/api/sendText", "[]", "body must be one JSON object"},
		{"/api/sendText", `{"chatId":"` + bobChat + `","text":"a"}{}`, "body must be one JSON object"},
		{"/api/sendText", m{"text": "a"}, "chatId should not be empty"},
		{"/api/sendText", to(bobChat, nil), "text should not be empty"},
		{"/api/sendText", to(bobChat, m{"text": ""}), "text should not be empty"},
		{"/api/sendText", to(bobChat, m{"text": true}), "text must be a string"},
		{"/api/sendText", to(bobChat, m{"text": long}), "text must be shorter"},
		{"/api/sendText", to("nobody@nowhere", m{"text": "a"}), "chatId"},
		{"/api/sendText", to(bobChat, m{"text": "a", "mentions": m{"0": bobChat}}), "mentions must be an array"},
		{"/api/sendText", to(bobChat, m{"text": "a", "mentions": []string{"?"}}), "each value in mentions"},
		{"/api/sendText", to(bobChat, m{"text": "a", "id": "not/an/id"}), "is not a message id"},
		{"/api/sendText", to(bobChat, m{"text": "a", "linkPreview": "yes"}), "linkPreview must be a boolean value"},
		{"/api/sendLocation", to(bobChat, m{"latitude": 1}), "longitude should not be empty"},
		{"/api/sendLocation", to(bobChat, m{"latitude": 90.1, "longitude": 0}), "latitude must not be greater than 90"},
		{"/api/sendLocation", to(bobChat, m{"latitude": 0, "longitude": -180.5}), "longitude must not be less than -180"},
		{"/api/sendPoll", to(bobChat, m{"poll": m{"name": "which?", "options": []string{"only"}}}), "poll.options must contain"},
		{"/api/sendPoll", to(bobChat, m{"poll": m{"options": []string{"a", "b"}}}), "poll.name should not be empty"},
		{"/api/sendContactVcard", to(bobChat, m{"contacts": []m{{"fullName": "A"}}}), "contacts.0 must have a vcard"},
		{"/api/sendContactVcard", to(bobChat, m{"contacts": []m{{"fullName": "A", "phoneNumber": "+1", "whatsappId": "x"}}}), "contacts.0.whatsappId must be digits"},
		{"/api/sendImage", to(bobChat, m{"file": m{"data": "!!"}}), "base64"},
		{"/api/sendImage", to(bobChat, m{"file": m{"url": "ftp://a/b"}}), "file.url"},
	} {
		status, answer := w.call("POST", c.path, c.body)
		var refusal struct{ Message []string }
		if err := json.Unmarshal(answer, &refusal); err != nil || status != http.StatusBadRequest ||
			!slices.ContainsFunc(refusal.Message, func(s string) bool { return strings.Contains(s, c.says) }) {
			t.Errorf("%s %.80v: %d %s, want 400 with %q", c.path, c.body, status, answer, c.says)
		}
	}
	w.received(w.bob, w.send("/api/sendText", to(bobChat, m{"text": "at last"})))
	if got := texts(w.bob); !slices.Equal(got, []string{"at last"}) {
		t.Errorf("Bob has %q", got)
	}
	if n := len(w.messages("all", "?limit=100")); n != 1 {
		t.Errorf("%d messages are stored", n)
	}
}
