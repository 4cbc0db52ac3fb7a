package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/wasession/wasession/runtime/chat"
)

const hello = `{"chatId":"15550000001","text":"hello"}`

func (s *server) withKey(key, path, body string) (status int, answer string, replayed bool) {
	w := s.request("POST", path, body, keyHeader, key)
	return w.Code, w.Body.String(), w.Header().Get(replayedHeader) == "true"
}

func TestKeysAreForOneRequestOnly(t *testing.T) {
	s := newServer(t)
	sends := 0
	s.live.send = func(_ chat.Outgoing, m chat.Message) (chat.Message, error) {
		sends++
		return m, nil
	}
	for _, c := range []struct {
		key, path, body string
		status, sends   int
		replayed        bool
	}{
		{"a", "/api/sendText", hello, 201, 1, false},
		{"a", "/api/sendText", hello, 201, 1, true},
		{"a", "/api/sendText", hello + " ", 422, 1, false},
		{"a", "/api/reply", hello, 422, 1, false},
		{"b", "/api/sendText", hello, 201, 2, false},
		{"", "/api/sendText", hello, 201, 3, false},
		{"", "/api/sendText", hello, 201, 4, false},
		{strings.Repeat("k", 255), "/api/sendText", hello, 201, 5, false},
		{strings.Repeat("k", 256), "/api/sendText", hello, 400, 5, false},
		{"tab\there", "/api/sendText", hello, 400, 5, false},
		{"bad", "/api/sendText", `{}`, 400, 5, false},
		{"bad", "/api/sendText", hello, 201, 6, false}, // what was refused did not take the key
	} {
		status, answer, replayed := s.withKey(c.key, c.path, c.body)
		if status != c.status || replayed != c.replayed || sends != c.sends {
			t.Errorf("%.10q %s %s: %d %t after %d sends: %s", c.key, c.path, c.body, status, replayed, sends, answer)
		}
	}
	// A route that sends nothing takes no key.
	if status, _, _ := s.withKey("a", "/api/startTyping", `{"chatId":"1"}`); status != 201 {
		t.Errorf("startTyping with a key: %d", status)
	}
}

// What is known of a request whose answer was never kept, because the process
// ended before: the message tells, which was written down with the key's id.
func TestARepetitionAfterACrashSaysWhatIsKnown(t *testing.T) {
	stored := func(ack chat.Ack) *chat.Message {
		return &chat.Message{
			Chat: "15550000001@c.us", Arrived: "15550000001@c.us", Stanza: "BEFORE", FromMe: true, FromAPI: true,
			Timestamp: testNow, Ack: ack, Type: chat.TypeText, Body: "hello",
		}
	}
	for what, c := range map[string]struct {
		message *chat.Message
		status  int
		sent    string // the id under which it was sent now
		ack     string
	}{
		"nothing was stored":          {nil, 201, "NEW1", "SERVER"},
		"it was refused":              {stored(chat.AckError), 201, "NEW1", "SERVER"},
		"it may have left":            {stored(chat.AckPending), 504, "", "PENDING"},
		"it waits to be sent":         {stored(chat.AckPending), 201, "", "PENDING"},
		"WhatsApp took it":            {stored(chat.AckServer), 201, "", "SERVER"},
		"it was delivered in between": {stored(chat.AckRead), 201, "", "READ"},
	} {
		s := newServer(t)
		var sent string
		s.live.send = func(o chat.Outgoing, m chat.Message) (chat.Message, error) {
			sent = o.Stanza
			return m, nil
		}
		r, _ := http.NewRequest("POST", "/api/sendText", nil)
		_, _, err := s.store.ClaimSend(t.Context(), chat.SendKey{Key: "k", Fingerprint: fingerprint(r, []byte(hello)), Stanza: "BEFORE"})
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case what == "it waits to be sent":
			s.apply(chat.SendQueued{Message: *c.message})
		case c.message != nil:
			s.apply(received(*c.message))
		}
		status, answer, _ := s.withKey("k", "/api/sendText", hello)
		var got struct{ ID, AckName string }
		if err := json.Unmarshal([]byte(answer), &got); err != nil {
			t.Fatal(err)
		}
		id := "true_15550000001@c.us_BEFORE"
		if strings.HasPrefix(c.sent, "NEW") {
			id = "true_15550000001@c.us_" + sent
		}
		if status != c.status || (sent == "") != (c.sent == "") || got.ID != id || got.AckName != c.ack {
			t.Errorf("%s: %d %s, sent %q; want %d, %s", what, status, answer, sent, c.status, c.ack)
		}
		if c.status != 201 {
			continue
		}
		if again, second, replayed := s.withKey("k", "/api/sendText", hello); again != 201 || !replayed || second != answer {
			t.Errorf("%s, again: %d %t %s", what, again, replayed, second)
		}
	}
}

func TestAKeyStaysWithASendThatMayHaveLeft(t *testing.T) {
	s := newServer(t)
	sends := 0
	s.live.send = func(_ chat.Outgoing, m chat.Message) (chat.Message, error) {
		sends++
		m.Ack = chat.AckPending
		m.Arrived, m.Timestamp = m.Chat, testNow
		s.apply(received(m))
		return m, chat.ErrUnanswered
	}
	for range 3 {
		if status, answer, _ := s.withKey("k", "/api/sendText", hello); status != 504 || !strings.Contains(answer, `"ackName":"PENDING"`) {
			t.Errorf("%d %s", status, answer)
		}
	}
	if sends != 1 {
		t.Errorf("%d sends", sends)
	}
}

func TestAKeyIsBusyWhileItsRequestIsUnderWay(t *testing.T) {
	s := newServer(t)
	entered, leave := make(chan struct{}), make(chan struct{})
	s.live.send = func(_ chat.Outgoing, m chat.Message) (chat.Message, error) {
		close(entered)
		<-leave
		return m, nil
	}
	first := make(chan int)
	go func() {
		status, _, _ := s.withKey("k", "/api/sendText", hello)
		first <- status
	}()
	<-entered
	assertJSON(t, s.request("POST", "/api/sendText", hello, keyHeader, "k"), 409,
		`{"message":"A request with this Idempotency-Key is in progress","error":"Conflict","statusCode":409}`)
	close(leave)
	if status := <-first; status != 201 {
		t.Errorf("the first: %d", status)
	}
}

// brokenJournal loses answers.
type brokenJournal struct{ Journal }

func TestAnAnswerThatCannotBeKeptIsGivenAllTheSame(t *testing.T) {
	s := newServer(t)
	s.Journal = brokenJournal{}
	if status, _, _ := s.withKey("k", "/api/sendText", hello); status != 500 {
		t.Errorf("without a journal: %d", status)
	}
	s.Journal = forgetful{s.store}
	if status, _, _ := s.withKey("k", "/api/sendText", hello); status != 201 {
		t.Errorf("with one that forgets: %d", status)
	}
}

func (brokenJournal) ClaimSend(context.Context, chat.SendKey) (chat.SendKey, bool, error) {
	return chat.SendKey{}, false, errors.New("no disk")
}

type forgetful struct{ Journal }

func (forgetful) AnswerSend(context.Context, string, int, []byte) error { return errors.New("no disk") }

func TestTheDescriptionTellsOfKeys(t *testing.T) {
	s := newServer(t)
	d := describe(t, s)
	for path, want := range map[string]bool{"/api/sendText": true, "/api/sendVideo": true, "/api/startTyping": false} {
		has := false
		for _, p := range d.Paths[path]["post"].Parameters {
			has = has || p.In == "header" && p.Name == keyHeader && !p.Required
		}
		if _, busy := d.Paths[path]["post"].Responses["409"]; has != want || busy != want {
			t.Errorf("%s: header %t, 409 %t, want %t", path, has, busy, want)
		}
	}
}

// The store fails after the message left: a repetition must not send it again.
func TestAKeyStaysWhereTheStoreFailsAfterwards(t *testing.T) {
	s := newServer(t)
	sends := 0
	s.live.send = func(_ chat.Outgoing, m chat.Message) (chat.Message, error) {
		sends++
		m.Ack, m.Arrived, m.Timestamp = chat.AckPending, m.Chat, testNow
		s.apply(received(m))
		return m, errors.New("disk I/O error")
	}
	for range 2 {
		if status, answer, _ := s.withKey("k", "/api/sendText", hello); status != 504 || !strings.Contains(answer, `"ackName":"PENDING"`) {
			t.Errorf("%d %s", status, answer)
		}
	}
	if sends != 1 {
		t.Errorf("%d sends", sends)
	}
	// Where nothing was stored nothing has left.
	s.live.send = func(chat.Outgoing, chat.Message) (chat.Message, error) {
		sends++
		return chat.Message{}, errors.New("disk I/O error")
	}
	for want := 2; want <= 3; want++ {
		if status, answer, _ := s.withKey("l", "/api/sendText", hello); status != 500 || sends != want {
			t.Errorf("%d %s after %d sends", status, answer, sends)
		}
	}
}

// Clients that choose the ID of a message repeat a request safely without a key.
func TestAnIDIsForOneRequestOnly(t *testing.T) {
	s := newServer(t)
	var sent []string
	refuse := false
	s.live.send = func(o chat.Outgoing, m chat.Message) (chat.Message, error) {
		if refuse {
			return chat.Message{}, chat.ErrNotSent
		}
		sent = append(sent, o.Stanza)
		return m, nil
	}
	for _, c := range []struct {
		path, body string
		status     int
		sent       string
	}{
		{"/api/sendText", `{"chatId":"1","text":"a","id":"OWN1"}`, 201, "OWN1"},
		{"/api/sendText", `{"chatId":"1","text":"a","id":"OWN1"}`, 201, "OWN1"},
		{"/api/sendText", `{"chatId":"1","text":"b","id":"OWN1"}`, 422, "OWN1"},
		{"/api/sendText", `{"chatId":"2","text":"a","id":"OWN1"}`, 422, "OWN1"},
		{"/api/sendText", `{"chatId":"1","text":"a","id":7}`, 201, "OWN1 7"},
		{"/api/sendText", `{"chatId":"1","text":"a","id":"7"}`, 422, "OWN1 7"},
		{"/api/sendText", `{"chatId":"1","text":"a","id":"BBBBBBBBBBBBBBBBB"}`, 201, "OWN1 7 NEW"},
		{"/api/sendText", `{"chatId":"1","text":"a","id":"BBBBBBBBBBBBBBBBB"}`, 201, "OWN1 7 NEW NEW"},
		{"/api/sendText", `{"chatId":"1","text":"a","id":null}`, 201, "OWN1 7 NEW NEW NEW"},
		{"/api/sendText", `{"chatId":"1","text":"a","id":"a b"}`, 400, "OWN1 7 NEW NEW NEW"},
		{"/api/sendImage", `{"chatId":"1","file":{"data":"QUJD"},"id":"OWN2"}`, 201, "OWN1 7 NEW NEW NEW OWN2"},
		{"/api/sendImage", `{"chatId":"1","file":{"data":"QUJE"},"id":"OWN2"}`, 422, "OWN1 7 NEW NEW NEW OWN2"},
	} {
		w := s.request("POST", c.path, c.body)
		shown := strings.Join(sent, " ")
		for i := range sent {
			if strings.HasPrefix(sent[i], "NEW") {
				shown = strings.Replace(shown, sent[i], "NEW", 1)
			}
		}
		if w.Code != c.status || shown != c.sent {
			t.Errorf("%s: %d %s, sent %q, want %d %q", c.body, w.Code, w.Body, shown, c.status, c.sent)
		}
	}
	// What was not sent can be sent under the same ID.
	refuse = true
	s.expect(s.request("POST", "/api/sendText", `{"chatId":"1","text":"a","id":"OWN3"}`), http.StatusUnprocessableEntity, nil)
	refuse = false
	s.expect(s.request("POST", "/api/sendText", `{"chatId":"1","text":"a","id":"OWN3"}`), http.StatusCreated, nil)
}
