package api

import (
	"bytes"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/wasession/wasession/test/simulator"
)

// keyed posts a body with an Idempotency-Key.
func (w *world) keyed(path, idempotencyKey string, body any) (status int, answer []byte, replayed bool) {
	w.Helper()
	encoded, err := json.Marshal(body)
	w.ok(err)
	r, err := http.NewRequestWithContext(w.ctx, "POST", w.url+path, bytes.NewReader(encoded))
	w.ok(err)
	r.Header.Set("X-Api-Key", key)
	r.Header.Set("Idempotency-Key", idempotencyKey)
	calls.made(r)
	resp, err := http.DefaultClient.Do(r)
	w.ok(err)
	defer resp.Body.Close()
	answer, err = io.ReadAll(resp.Body)
	w.ok(err)
	return resp.StatusCode, answer, resp.Header.Get("Idempotency-Replayed") == "true"
}

// messagesOf counts the messages that reached a phone, as its person sees them:
// one for each id.
func messagesOf(phone *simulator.User) int {
	ids := map[string]bool{}
	for _, r := range phone.Inbox() {
		if r.Kind == simulator.KindMessage {
			ids[r.ID] = true
		}
	}
	return len(ids)
}

func TestARepeatedSendGetsTheFirstAnswer(t *testing.T) {
	w := paired(t)
	large := base64.StdEncoding.EncodeToString(make([]byte, 200<<10))
	for path, body := range map[string]m{
		"/api/sendText": to(bobChat, m{"text": "once"}),
		"/api/sendFile": to(bobChat, m{"file": m{"filename": "a", "data": large}}),
	} {
		before := messagesOf(w.bob)
		status, first, replayed := w.keyed(path, "K"+path, body)
		if status != http.StatusCreated || replayed {
			t.Fatalf("%s: %d %.200s", path, status, first)
		}
		status, second, replayed := w.keyed(path, "K"+path, body)
		if status != http.StatusCreated || !replayed || !bytes.Equal(first, second) {
			t.Errorf("%s again: %d %t %.200s", path, status, replayed, second)
		}
		body["chatId"] = carolPN
		if status, answer, _ := w.keyed(path, "K"+path, body); status != http.StatusUnprocessableEntity {
			t.Errorf("%s with another body: %d %.200s", path, status, answer)
		}
		body["chatId"] = bobChat
		status, other, replayed := w.keyed(path, "L"+path, body)
		if status != http.StatusCreated || replayed {
			t.Errorf("%s with another key: %d %.200s", path, status, other)
		}
		for _, answer := range [][]byte{first, other} {
			if _, err := w.bob.Expect(w.ctx, func(r simulator.Received) bool {
				return r.Kind == simulator.KindMessage && bytes.Contains(answer, []byte(r.ID))
			}); err != nil {
				t.Fatalf("%s: %.200s did not arrive: %v", path, answer, err)
			}
		}
		if n := messagesOf(w.bob) - before; n != 2 {
			t.Errorf("%s: Bob has %d messages, want one for each key", path, n)
		}
	}
}

func TestConcurrentRepetitionsSendOnce(t *testing.T) {
	w := paired(t)
	defer w.sim.Faults().Delay(func(s simulator.Stanza) bool {
		return s.Direction == simulator.ToClient && s.Node.Tag == "ack"
	}, 500*time.Millisecond)()
	statuses := make(chan int, 5)
	var all sync.WaitGroup
	for range cap(statuses) {
		all.Go(func() {
			status, _, _ := w.keyed("/api/sendText", "same", to(bobChat, m{"text": "once"}))
			statuses <- status
		})
	}
	all.Wait()
	close(statuses)
	count := map[int]int{}
	for s := range statuses {
		count[s]++
	}
	if count[http.StatusCreated] < 1 || count[http.StatusCreated]+count[http.StatusConflict] != cap(statuses) {
		t.Errorf("statuses %v", count)
	}
	// What is sent after it arrives after it: by then Bob has all there is.
	w.received(w.bob, w.send("/api/sendText", to(bobChat, m{"text": "last"})))
	if n := messagesOf(w.bob); n != 2 {
		t.Errorf("Bob has %d messages, want it once and the last", n)
	}
}

func TestAKeyIsFreeAfterARefusal(t *testing.T) {
	w := paired(t)
	body := to(bobChat, m{"text": "at last"})
	w.sim.Faults().RejectMessages(479, 1)
	if status, answer, _ := w.keyed("/api/sendText", "k", body); status != http.StatusUnprocessableEntity {
		t.Errorf("refused: %d %s", status, answer)
	}
	if status, answer, replayed := w.keyed("/api/sendText", "k", body); status != http.StatusCreated || replayed {
		t.Errorf("again: %d %s", status, answer)
	}
	var list []message
	w.get("/api/messages?chatId="+bobChat, &list)
	if len(list) != 2 || list[0].AckName == "ERROR" || list[1].AckName != "ERROR" {
		t.Errorf("in the store: %+v", list)
	}
}

// unanswered is the body of a 504.
type unanswered struct {
	Message, ID, AckName string
	StatusCode           int
}

func TestASendWithoutAnAnswerSaysThatItMayHaveLeft(t *testing.T) {
	w := newWorld(t)
	w.sendPatience = 10 * time.Second
	w.run()
	w.scan()
	w.bob.SetAutoReceipts(false)
	w.send("/api/sendText", to(bobChat, m{"text": "warm up"}))
	stop := w.sim.Faults().Drop(func(s simulator.Stanza) bool {
		return s.Direction == simulator.ToClient && s.Node.Tag == "ack"
	})
	defer stop()
	body := to(bobChat, m{"text": "did it leave?"})
	began := time.Now()
	status, answer, _ := w.keyed("/api/sendText", "k", body)
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("it took %s", took)
	}
	var first, second unanswered
	w.ok(json.Unmarshal(answer, &first))
	if status != http.StatusGatewayTimeout || first.AckName != "PENDING" || first.StatusCode != status || first.ID == "" {
		t.Errorf("%d %s", status, answer)
	}
	stop()
	// It is not sent again while nothing is known.
	status, answer, _ = w.keyed("/api/sendText", "k", body)
	w.ok(json.Unmarshal(answer, &second))
	if status != http.StatusGatewayTimeout || second.ID != first.ID {
		t.Errorf("again: %d %s", status, answer)
	}
	// A receipt tells that it has left.
	_, err := w.bob.Expect(w.ctx, simulator.MessageID(stanzaOf(first.ID)))
	w.ok(err)
	w.ok(w.bob.MarkRead(w.ctx, stanzaOf(first.ID)))
	var sent message
	w.await("the receipt", func() bool {
		status, answer, replayed := w.keyed("/api/sendText", "k", body)
		return status == http.StatusCreated && replayed && json.Unmarshal(answer, &sent) == nil
	})
	if sent.ID != first.ID || sent.AckName != "READ" {
		t.Errorf("in the end %+v", sent)
	}
	if n := messagesOf(w.bob); n != 2 {
		t.Errorf("Bob has %d messages, want two", n)
	}
}

func TestSendingWhileDisconnected(t *testing.T) {
	w := paired(t)
	w.do(http.StatusCreated, "POST", "/api/sessions/sales/stop", nil, nil)
	for _, c := range []struct {
		method, path string
		body         m
	}{
		{"POST", "/api/sendText", to(bobChat, m{"text": "no"})},
		{"POST", "/api/sendFile", to(bobChat, m{"file": m{"data": "QUJD"}})},
		{"POST", "/api/startTyping", to(bobChat, nil)},
		{"GET", "/api/contacts/check-exists?phone=" + bobPN, nil},
		{"POST", "/api/sales/groups/refresh", nil},
	} {
		status, answer := w.call(c.method, c.path, c.body)
		var problem struct {
			Session, Status string
			Expected        []string
		}
		w.ok(json.Unmarshal(answer, &problem))
		if status != http.StatusUnprocessableEntity || problem.Session != name || problem.Status != "STOPPED" || len(problem.Expected) != 1 {
			t.Errorf("%s %s: %d %s", c.method, c.path, status, answer)
		}
	}
	// A key is free for when the session is back.
	if status, _, _ := w.keyed("/api/sendText", "k", to(bobChat, m{"text": "later"})); status != http.StatusUnprocessableEntity {
		t.Errorf("with a key: %d", status)
	}
	w.do(http.StatusCreated, "POST", "/api/sessions/sales/start", nil, nil)
	if status, answer, replayed := w.keyed("/api/sendText", "k", to(bobChat, m{"text": "later"})); status != http.StatusCreated || replayed {
		t.Errorf("once it is back: %d %s", status, answer)
	}
}

func TestASendSurvivesALostConnection(t *testing.T) {
	w := paired(t)
	w.send("/api/sendText", to(bobChat, m{"text": "before"}))
	for i := range 5 {
		w.alice.Companion().Kick()
		w.received(w.bob, w.send("/api/sendText", to(bobChat, m{"text": fmt.Sprint("right after ", i)})))
	}
	if n := messagesOf(w.bob); n != 6 {
		t.Errorf("Bob has %d messages", n)
	}
}

// WhatsApp takes a message, and the disk fails before that is written down. The
// key counts as unanswered: a repetition finds the message and sends no second.
func TestAKeyStaysWithAMessageThatLeftBeforeTheDiskFailed(t *testing.T) {
	w := paired(t)
	db, err := sql.Open("sqlite", "file:"+w.accountFile("chats.db")+"?_pragma=busy_timeout(30000)")
	w.ok(err)
	defer db.Close()
	_, err = db.ExecContext(w.ctx, `CREATE TRIGGER fault BEFORE UPDATE OF ack ON messages BEGIN SELECT RAISE(ABORT, 'disk I/O error'); END`)
	w.ok(err)
	body := to(bobChat, m{"text": "once"})
	before := messagesOf(w.bob)
	for range 2 {
		status, answer, _ := w.keyed("/api/sendText", "K", body)
		if status != http.StatusGatewayTimeout || !bytes.Contains(answer, []byte(`"ackName":"PENDING"`)) {
			t.Errorf("%d %s", status, answer)
		}
	}
	_, err = db.ExecContext(w.ctx, `DROP TRIGGER fault`)
	w.ok(err)
	if status, answer, _ := w.keyed("/api/sendText", "K", body); status >= 500 && status != http.StatusGatewayTimeout {
		t.Errorf("%d %s", status, answer)
	}
	// What is sent after it arrives after it: by then Bob has all there is.
	last := w.send("/api/sendText", to(bobChat, m{"text": "last"}))
	w.received(w.bob, last)
	if n := messagesOf(w.bob) - before; n != 2 {
		t.Errorf("Bob has %d messages, want it once and the last", n)
	}
}
