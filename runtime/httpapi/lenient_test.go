package httpapi

import (
	"net/http"
	"strings"
	"testing"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/httpapi/auth"
)

const form = "application/x-www-form-urlencoded"

// Every request here is one that a public WAHA client sends.
func TestRequestsAsClientsWriteThem(t *testing.T) {
	s := newServer(t)
	s.people(3)
	for _, c := range []struct{ method, target, contentType, body, did string }{
		{"POST", "/api/sendText/", "application/json", `{"chatId":"111","text":12345}`, "send 111@c.us {Text:12345 Preview:<nil> Style:<nil>}"},
		{"POST", "/api/sendText", form, "chatId=111%40c.us&text=a+b&linkPreview=false", "send 111@c.us {Text:a b Preview:<nil> Style:<nil>}"},
		{"POST", "/api/sendText", form, ` {"chatId":"111","text":"JSON under curl's type"}`, "send 111@c.us {Text:JSON under curl's type Preview:<nil> Style:<nil>}"},
		{"POST", "/api/sendLocation", "application/json", `{"chatId":111,"latitude":"38.8","longitude":"-77","title":"x"}`, "send 111@c.us {Latitude:38.8 Longitude:-77 Name:x Address:}"},
		{"POST", "/api/sendPoll", "application/json", `{"chatId":"111","poll":{"name":"Q","options":["A","B"],"multipleAnswers":{}}}`, "send 111@c.us {Question:Q Options:[A B] Multiple:false}"},
		{"POST", "/api/sendPoll", form, "chatId=111&poll[name]=Q&poll[options][]=A&poll[options][]=B&poll[multipleAnswers]=true", "send 111@c.us {Question:Q Options:[A B] Multiple:true}"},
		{"POST", "/api/default/presence", "application/json", `{"chatId":"","presence":"online"}`, "online true"},
	} {
		w := s.request(c.method, c.target, c.body, "Content-Type", c.contentType)
		if got := s.live.last(); w.Code != http.StatusCreated || got != c.did {
			t.Errorf("%s %s: %d %s, did %q, want %q", c.target, c.body, w.Code, w.Body, got, c.did)
		}
	}
	for target, want := range map[string]int{
		"/api/default/chats/?limit=0":                                                    3,
		"/api/default/chats/overview?ids=[\"15550000000\",\"15550000001@c.us\"]":         2,
		"/api/default/chats/overview?ids=":                                               3,
		"/v2/chats/?instance_id=default":                                                 3,
		"/api/default/chats/15550000000@c.us/messages/?limit=0":                          1,
		"/api/contacts/all/?session=default&limit=0":                                     0,
		"/api/default/groups/?limit=0":                                                   0,
		"/api/sessions/":                                                                 1,
		"/api/default/chats/all/messages?limit=0&filter.fromMe=false&sortBy=timestamp&x": 3,
	} {
		var rows []any
		s.get(target, &rows)
		if len(rows) != want {
			t.Errorf("%s: %d rows, want %d", target, len(rows), want)
		}
	}
	assertJSON(t, s.request("POST", "/api/default/presence", `{"chatId":"","presence":"typing"}`), 400,
		`{"message":["chatId should not be empty"],"error":"Bad Request","statusCode":400}`)
	assertJSON(t, s.request("POST", "/api/sendText", "chatId=111&chatId[x]=2", "Content-Type", form), 400,
		`{"message":["body has names that contradict each other or nest too deeply"],"error":"Bad Request","statusCode":400}`)
	assertJSON(t, s.request("POST", "/api/sendText", "text="+strings.Repeat("a", maxBody), "Content-Type", form), 400,
		`{"message":["body must not be larger than 1048576 bytes"],"error":"Bad Request","statusCode":400}`)
}

func TestAFileInAForm(t *testing.T) {
	s := newServer(t)
	w := s.request("POST", "/api/sendImage", "chatId=111&caption=c&file[data]=QUJD&file[mimetype]=image%2Fpng", "Content-Type", form)
	s.expect(w, http.StatusCreated, nil)
	if got := s.live.last(); !strings.Contains(got, "Caption:c") || !strings.Contains(got, "MIMEType:image/png") {
		t.Errorf("did %s", got)
	}
	s.assertNoFiles()
}

func TestAMessageOfAnyChat(t *testing.T) {
	s := newServer(t)
	s.people(2)
	for _, id := range []string{"M1", "false_15550000001@c.us_M1"} {
		var m row
		s.get("/api/default/chats/all/messages/"+id, &m)
		if m.ID != "false_15550000001@c.us_M1" {
			t.Errorf("%s is %q", id, m.ID)
		}
	}
	assertJSON(t, s.request("GET", "/api/default/chats/all/messages/NONE", ""), 404, `{"message":"Message not found","error":"Not Found","statusCode":404}`)
}

func TestMentioningEverybody(t *testing.T) {
	s := newServer(t)
	s.apply(chat.GroupChanged{Group: chat.Group{ID: "1203@g.us", Subject: "Lunch", Participants: []chat.Participant{
		{ID: "111@c.us"}, {ID: "222@c.us"}, {ID: "333@c.us"},
	}}})
	s.live.status.Me = &v1.Me{ID: "333@c.us"}
	var mentioned []chat.ID
	s.live.send = func(o chat.Outgoing, m chat.Message) (chat.Message, error) {
		mentioned = o.Mentions
		return m, nil
	}
	for body, want := range map[string]string{
		`{"chatId":"1203@g.us","text":"a","mentions":["all"]}`:       "111@c.us 222@c.us",
		`{"chatId":"1203@g.us","text":"a","mentions":["all","111"]}`: "111@c.us 222@c.us",
		`{"chatId":"1203@g.us","text":"a","mentions":["111"]}`:       "111@c.us",
		`{"chatId":"111","text":"a","mentions":["all"]}`:             "",
	} {
		s.expect(s.request("POST", "/api/sendText", body), http.StatusCreated, nil)
		if got := joined(mentioned); got != want {
			t.Errorf("%s mentions %q, want %q", body, got, want)
		}
	}
	w := s.request("POST", "/api/sendText", `{"chatId":"9@g.us","text":"a","mentions":["all"]}`)
	if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "refresh the groups") {
		t.Errorf("a group that is not known: %d %s", w.Code, w.Body)
	}
}

func joined(ids []chat.ID) string {
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = string(id)
	}
	return strings.Join(texts, " ")
}

// WhatsApp needs no more of a message than who sent it, where and under what ID.
func TestMessagesThatAreNotStored(t *testing.T) {
	s := newServer(t)
	s.people(1)
	var quoted *chat.Message
	s.live.send = func(o chat.Outgoing, m chat.Message) (chat.Message, error) {
		quoted = o.ReplyTo
		return m, nil
	}
	for _, c := range []struct {
		id   string
		want chat.Message
	}{
		{"false_111@c.us_OLD", chat.Message{Chat: "111@c.us", Stanza: "OLD"}},
		{"true_111@c.us_OLD", chat.Message{Chat: "111@c.us", Stanza: "OLD", FromMe: true}},
		{"false_1203@g.us_OLD_222@c.us", chat.Message{Chat: "1203@g.us", Stanza: "OLD", Participant: "222@c.us"}},
		{"true_1203@g.us_OLD", chat.Message{Chat: "1203@g.us", Stanza: "OLD", FromMe: true}},
	} {
		s.expect(s.request("POST", "/api/sendText", `{"chatId":"111","text":"a","reply_to":"`+c.id+`"}`), http.StatusCreated, nil)
		if quoted == nil || quoted.ID() != c.want.ID() {
			t.Errorf("%s quotes %+v", c.id, quoted)
		}
		s.expect(s.request("PUT", "/api/reaction", `{"messageId":"`+c.id+`","reaction":"👍"}`), http.StatusOK, nil)
		if got := s.live.last(); got != "react OLD 👍" {
			t.Errorf("%s: did %q", c.id, got)
		}
	}
	for _, body := range []string{
		`{"chatId":"111","messageId":"false_111@c.us_OLD"}`, `{"chatId":"111","messageIds":["OLD"]}`, `{"chatId":"111","messageId":"OLD","participant":""}`,
		`{"chatId":"1203@g.us","messageId":"false_1203@g.us_OLD_222@c.us"}`, `{"chatId":"1203@g.us","messageIds":["OLD"],"participant":"222@c.us"}`,
	} {
		s.expect(s.request("POST", "/api/sendSeen", body), http.StatusCreated, nil)
		if got := s.live.last(); got != "read 111@c.us 1" && got != "read 1203@g.us 1" {
			t.Errorf("%s: did %q", body, got)
		}
	}
	// These do not say who sent the message, or contradict themselves.
	for path, body := range map[string]string{
		"POST /api/sendText": `{"chatId":"111","text":"a","reply_to":"OLD"}`,
		"POST /api/reply":    `{"chatId":"111","text":"a","reply_to":"false_1203@g.us_OLD"}`,
		"PUT /api/reaction":  `{"messageId":"OLD","reaction":"👍"}`,
		"POST /api/sendSeen": `{"chatId":"111","messageId":"false_222@c.us_OLD"}`,
	} {
		method, target, _ := strings.Cut(path, " ")
		if w := s.request(method, target, body); w.Code != http.StatusNotFound {
			t.Errorf("%s %s: %d %s", path, body, w.Code, w.Body)
		}
	}
}

func TestAKeyOfOneSessionCreatesNone(t *testing.T) {
	s := newServer(t)
	s.keys.Replace([]auth.Key{{ID: "one", Secret: testKey, IsActive: true, Session: "default"}})
	for _, body := range []string{`{"name":"other"}`, `{"name":"default"}`, `{}`, `{`} {
		assertJSON(t, s.request("POST", "/api/sessions", body), 403, `{"message":"Forbidden resource","error":"Forbidden","statusCode":403}`)
	}
}

func TestAKeyInTheBody(t *testing.T) {
	s := newServer(t)
	s.people(2)
	for _, c := range []struct {
		method, target, contentType, body string
		status                            int
	}{
		{"POST", "/v2/chats", "application/json", `{"access_token":"` + testKey + `","instance_id":"default"}`, 200},
		{"POST", "/v2/chats", form, "access_token=" + testKey + "&instance_id=default", 200},
		{"POST", "/v2/chats/overview", "application/json", `{"access_token":"` + testKey + `","instance_id":"default","limit":1}`, 200},
		{"POST", "/v2/chats", "application/json", `{"access_token":"wrong","instance_id":"default"}`, 401},
		{"POST", "/v2/chats", "application/json", `{"access_token":["` + testKey + `"],"instance_id":"default"}`, 401},
		{"POST", "/v2/chats", "application/json", `{`, 401},
		{"POST", "/v2/chats", "application/json", `{"x":"` + strings.Repeat("a", keyBody) + `","access_token":"` + testKey + `"}`, 401},
		{"GET", "/v2/chats?instance_id=default", "application/json", `{"access_token":"` + testKey + `"}`, 401},
		{"POST", "/api/sendText", "application/json", `{"access_token":"` + testKey + `","chatId":"1","text":"a"}`, 401},
	} {
		w := s.request(c.method, c.target, c.body, "Content-Type", c.contentType, "X-Api-Key", "")
		if w.Code != c.status {
			t.Errorf("%s %.100s: %d %s, want %d", c.target, c.body, w.Code, w.Body, c.status)
		}
	}
}
