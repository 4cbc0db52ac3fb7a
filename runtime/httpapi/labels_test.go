package httpapi

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/wasession/wasession/runtime/chat"
)

// labels gives the store two labels and a chat with the first of them.
func (s *server) labels() {
	s.people(2)
	s.apply(chat.LabelEdited{Label: chat.Label{ID: "6", Name: "Lead"}}, chat.LabelEdited{Label: chat.Label{ID: "10", Name: "Paid", Color: 19}},
		chat.ChatLabelled{Chat: "15550000000@c.us", Label: "6", Labelled: true})
}

const (
	leadJSON = `{"id":"6","name":"Lead","color":0,"colorHex":"#ff9485"}`
	paidJSON = `{"id":"10","name":"Paid","color":19,"colorHex":"#9368cf"}`
)

func TestLabelsAreListed(t *testing.T) {
	s := newServer(t)
	assertJSON(t, s.request("GET", "/api/default/labels", ""), 200, `[]`)
	s.labels()
	assertJSON(t, s.request("GET", "/api/default/labels", ""), 200, `[`+leadJSON+`,`+paidJSON+`]`)
	assertJSON(t, s.request("GET", "/api/default/labels/chats/15550000000", ""), 200, `[`+leadJSON+`]`)
	assertJSON(t, s.request("GET", "/api/default/labels/chats/15550000001@c.us", ""), 200, `[]`)
	assertJSON(t, s.request("GET", "/api/default/labels/chats/404@c.us", ""), 200, `[]`)
	assertJSON(t, s.request("GET", "/api/default/labels/6/chats", ""), 200, fmt.Sprintf(
		`[{"id":"15550000000@c.us","name":null,"conversationTimestamp":%d,"timestamp":%[1]d,"archived":false,"pinned":false,"muted":false,"unreadCount":1,"markedUnread":false,"labels":[%s]}]`,
		testNow-1000, leadJSON))
	assertJSON(t, s.request("GET", "/api/default/labels/10/chats", ""), 200, `[]`)
	assertJSON(t, s.request("GET", "/api/default/labels/7/chats", ""), 404, `{"message":"Label not found","error":"Not Found","statusCode":404}`)
}

func TestListsOfChatsByLabel(t *testing.T) {
	s := newServer(t)
	s.labels()
	for target, want := range map[string]int{"?labels=6": 1, "?labels=lead&labels=10": 1, "?labels=7": 0, "?labels=": 2, "": 2, "?limit=1&offset=1&labels=6": 0} {
		var rows []row
		s.get("/api/default/chats"+target, &rows)
		if len(rows) != want {
			t.Errorf("chats%s: %d rows, want %d", target, len(rows), want)
		}
		s.get("/api/default/chats/overview"+target, &rows)
		if len(rows) != want {
			t.Errorf("overview%s: %d rows, want %d", target, len(rows), want)
		}
	}
	var summaries []struct {
		ID   string
		Chat struct{ Labels []struct{ ID string } } `json:"_chat"`
	}
	s.expect(s.request("POST", "/api/default/chats/overview", `{"filter":{"labels":["6"]}}`), 201, &summaries)
	if len(summaries) != 1 || summaries[0].ID != "15550000000@c.us" || len(summaries[0].Chat.Labels) != 1 || summaries[0].Chat.Labels[0].ID != "6" {
		t.Errorf("the overview is %+v", summaries)
	}
}

func TestLabelsAreChanged(t *testing.T) {
	s := newServer(t)
	s.labels()
	for _, c := range []struct {
		method, path, body string
		status             int
		want, call         string
	}{
		{"POST", "", `{"name":" New ","colorHex":"#FFD429","color":null}`, 201, `{"id":"9","name":"New","color":2,"colorHex":"#ffd429"}`, "create label New 2"},
		{"POST", "", `{"name":"New","color":"3"}`, 201, `{"id":"9","name":"New","color":3,"colorHex":"#dfaef0"}`, "create label New 3"},
		{"POST", "", `{"name":"New"}`, 201, `{"id":"9","name":"New","color":1,"colorHex":"#64c4ff"}`, "create label New 1"},
		{"PUT", "/6", `{"name":"Hot"}`, 200, `{"id":"6","name":"Hot","color":0,"colorHex":"#ff9485"}`, "update label 6 Hot 0"},
		{"PUT", "/6", `{"name":"Hot","color":19,"colorHex":"#9368cf"}`, 200, `{"id":"6","name":"Hot","color":19,"colorHex":"#9368cf"}`, "update label 6 Hot 19"},
		{"DELETE", "/6", ``, 200, `{}`, "delete label 6"},
		{"PUT", "/chats/15550000000", `{"labels":[{"id":"10"},{"id":"10"}]}`, 200, `{}`, "label 15550000000@c.us [10] [6]"},
		{"PUT", "/chats/15550000000", `{"labels":[]}`, 200, `{}`, "label 15550000000@c.us [] [6]"},
		{"PUT", "/chats/15550000000", `{"labels":[{"id":"6"}]}`, 200, `{}`, ""},
	} {
		s.live.calls = nil
		assertJSON(t, s.request(c.method, "/api/default/labels"+c.path, c.body), c.status, c.want)
		if got := s.live.done(); got != c.call {
			t.Errorf("%s %s %s did %q, want %q", c.method, c.path, c.body, got, c.call)
		}
	}
}

func TestLabelsThatCannotBe(t *testing.T) {
	s := newServer(t)
	s.labels()
	for _, c := range []struct {
		method, path, body string
		status             int
		says               string
	}{
		{"POST", "", `{}`, 400, "name should not be empty"},
		{"POST", "", `{"name":" "}`, 400, "name should not be empty"},
		{"POST", "", `{"name":"a\u0000b"}`, 400, "name must not contain control characters"},
		{"POST", "", `{"name":"` + strings.Repeat("ü", 101) + `"}`, 400, "name must be shorter than or equal to 100 characters"},
		{"POST", "", `{"name":"x","color":20}`, 400, "color must not be greater than 19"},
		{"POST", "", `{"name":"x","color":-1}`, 400, "color must not be less than 0"},
		{"POST", "", `{"name":"x","colorHex":"#123456"}`, 400, "colorHex must be one of #ff9485"},
		{"POST", "", `{"name":"x","colorHex":"#ff9485","color":1}`, 400, "must be the same color"},
		{"PUT", "/7", `{"name":"x"}`, 404, "Label not found"},
		{"DELETE", "/7", ``, 404, "Label not found"},
		{"DELETE", "/" + strings.Repeat("7", 100), ``, 400, "labelId"},
		{"PUT", "/chats/15550000000", `{}`, 400, "labels"},
		{"PUT", "/chats/15550000000", `{"labels":[{}]}`, 400, "id"},
		{"PUT", "/chats/15550000000", `{"labels":[{"id":"7"}]}`, 404, "Label not found"},
		{"PUT", "/chats/404", `{"labels":[{"id":"6"}]}`, 404, "Chat not found"},
		{"PUT", "/chats/chats", `{"labels":[]}`, 400, "chatId"},
		{"GET", "/chats/chats", ``, 400, "chatId"},
	} {
		w := s.request(c.method, "/api/default/labels"+c.path, c.body)
		if w.Code != c.status || !strings.Contains(w.Body.String(), c.says) {
			t.Errorf("%s %s %.60s: %d %s, want %d with %q", c.method, c.path, c.body, w.Code, w.Body, c.status, c.says)
		}
	}
	if got := s.live.done(); got != "" {
		t.Errorf("bad input did %q", got)
	}
	s.live.err = chat.ErrNotConnected
	if w := s.request("POST", "/api/default/labels", `{"name":"x"}`); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("while not connected: %d %s", w.Code, w.Body)
	}
}
