package api

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/test/simulator"
)

// What cannot be changed any more, or was never there, is refused, and the phone
// is told nothing.
func TestChangesOfWhatIsNotThere(t *testing.T) {
	w := paired(t)
	theirs := w.arrived(bobChat, stanzaOf(w.written("Bob's")))
	for _, c := range []struct {
		method, path string
		body         any
		want         int
	}{
		{"PUT", path(theirs), m{"text": "not mine to edit"}, http.StatusBadRequest},
		{"PUT", "/api/sales/chats/" + bobChat + "/messages/true_" + bobChat + "_NONE", m{"text": "x"}, http.StatusNotFound},
		{"DELETE", "/api/sales/chats/" + bobChat + "/messages/true_" + bobChat + "_NONE", nil, http.StatusNotFound},
		{"POST", "/api/sales/chats/" + bobChat + "/messages/true_" + bobChat + "_NONE/pin", m{"duration": 86400}, http.StatusNotFound},
		{"POST", path(theirs) + "/pin", m{"duration": 5}, http.StatusBadRequest},
		{"PUT", "/api/reaction", m{"messageId": "NONE", "reaction": "👍"}, http.StatusNotFound},
		{"PUT", "/api/star", m{"chatId": bobChat, "messageId": "false_" + bobChat + "_NONE", "star": true}, http.StatusNotFound},
	} {
		if status, answer := w.call(c.method, c.path, c.body); status != c.want {
			t.Errorf("%s %s: %d %s, want %d", c.method, c.path, status, answer, c.want)
		}
	}
	w.received(w.bob, w.send("/api/sendText", to(bobChat, m{"text": "after"})))
	for _, r := range w.bob.Inbox() {
		if r.Kind == simulator.KindMessage && r.Text() != "after" {
			t.Errorf("Bob received %v", r.Message)
		}
	}
	if got := w.arrived(bobChat, stanzaOf(theirs.ID)); got.Body != "Bob's" {
		t.Errorf("the message is now %q", got.Body)
	}
}

// Edits arrive in the order in which they are made, and the last one stays.
func TestTheLastEditStays(t *testing.T) {
	w := paired(t)
	sent := w.send("/api/sendText", to(bobChat, m{"text": "v0"}))
	at := "/api/sales/chats/" + bobChat + "/messages/" + sent.ID
	const edits = 5
	for i := 1; i <= edits; i++ {
		w.do(http.StatusOK, "PUT", at, m{"text": fmt.Sprint("v", i)}, nil)
	}
	var got message
	w.get(at, &got)
	if want := fmt.Sprint("v", edits); got.Body != want {
		t.Errorf("the message is %q, want %q", got.Body, want)
	}
	if n := len(w.events(chat.EventMessageEdited)); n != edits {
		t.Errorf("%d events of %d edits", n, edits)
	}
	if n := len(w.messages(bobChat, "")); n != 1 {
		t.Errorf("%d messages are listed", n)
	}
}
