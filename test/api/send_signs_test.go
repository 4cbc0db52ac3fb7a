package api

import (
	"net/http"
	"slices"
	"testing"

	"github.com/wasession/wasession/test/simulator"
	"github.com/wasession/wasession/test/simulator/appstate"
)

// written has Bob write to Alice, and waits until the runtime has it.
func (w *world) written(text string) (id string) {
	w.Helper()
	stanza, err := w.bob.SendText(w.ctx, w.alice, text)
	w.ok(err)
	w.await("Bob's message", func() bool {
		_, err := w.store.Message(w.ctx, bobChat, stanza)
		return err == nil
	})
	return "false_" + bobChat + "_" + stanza
}

func TestReactions(t *testing.T) {
	w := paired(t)
	id := w.written("hello")
	for _, emoji := range []string{"👍", ""} {
		var sent message
		w.do(http.StatusOK, "PUT", "/api/reaction", m{"session": name, "messageId": id, "reaction": emoji}, &sent)
		got := w.received(w.bob, sent).GetReactionMessage()
		var row message
		w.do(http.StatusOK, "GET", "/api/sales/chats/"+bobChat+"/messages/"+id, nil, &row)
		if mine := len(row.Reactions) == 1 && row.Reactions[0].FromMe && row.Reactions[0].From == nil && row.Reactions[0].Text == emoji; mine != (emoji != "") || len(row.Reactions) > 1 {
			t.Errorf("with %q the message has %+v", emoji, row.Reactions)
		}
		if got.GetText() != emoji || got.GetKey().GetID() != stanzaOf(id) || got.GetKey().GetFromMe() {
			t.Errorf("with %q Bob sees %v", emoji, got)
		}
	}
	if n := len(w.events("message.reaction")); n != 2 {
		t.Errorf("%d events of reactions", n)
	}
	if status, body := w.call("PUT", "/api/reaction", m{"messageId": id}); status != http.StatusBadRequest {
		t.Errorf("without a reaction: %d %s", status, body)
	}
}

func TestStars(t *testing.T) {
	w := paired(t)
	id := w.written("hello")
	for _, star := range []bool{true, false} {
		w.do(http.StatusOK, "PUT", "/api/star", m{"session": name, "chatId": bobChat, "messageId": id, "star": star}, nil)
		w.ok(w.alice.AwaitAppState(w.ctx, func(s *appstate.State) bool {
			starred := slices.ContainsFunc(s.View().Starred, func(m appstate.Message) bool { return m.ID == stanzaOf(id) && !m.FromMe })
			return starred == star
		}))
		if got, err := w.store.Message(w.ctx, bobChat, stanzaOf(id)); err != nil || got.Starred != star {
			t.Errorf("stored as %+v, %v", got, err)
		}
	}
}

func TestSeen(t *testing.T) {
	w := paired(t)
	first, second := w.written("one"), w.written("two")
	w.do(http.StatusCreated, "POST", "/api/sendSeen", m{"session": name, "chatId": bobChat, "messageIds": []string{first}}, nil)
	if _, err := w.bob.Expect(w.ctx, simulator.Receipt("read", stanzaOf(first))); err != nil {
		t.Error(err)
	}
	w.do(http.StatusCreated, "POST", "/api/sendSeen", m{"session": name, "chatId": bobChat}, nil)
	if _, err := w.bob.Expect(w.ctx, simulator.Receipt("read", stanzaOf(second))); err != nil {
		t.Error(err)
	}
	var chats []struct{ UnreadCount int }
	w.get("/api/sales/chats", &chats)
	if len(chats) != 1 || chats[0].UnreadCount != 0 {
		t.Errorf("chats %+v", chats)
	}
}

// A session that was paired a minute ago reacts to what was said before.
func TestSignsForMessagesThatAreNotStored(t *testing.T) {
	w := paired(t)
	old := "false_" + bobChat + "_3EB0BEFORE"
	var sent message
	w.do(http.StatusOK, "PUT", "/api/reaction", m{"messageId": old, "reaction": "👍"}, &sent)
	if got := w.received(w.bob, sent).GetReactionMessage(); got.GetText() != "👍" || got.GetKey().GetID() != "3EB0BEFORE" || got.GetKey().GetFromMe() {
		t.Errorf("Bob sees %v", got)
	}
	w.do(http.StatusCreated, "POST", "/api/sendSeen", m{"chatId": bobChat, "messageId": old}, nil)
	_, err := w.bob.Expect(w.ctx, simulator.Receipt("read", "3EB0BEFORE"))
	w.ok(err)
	// Nor does the chat need to be known.
	w.do(http.StatusCreated, "POST", "/api/sendSeen", m{"chatId": carolPN, "messageIds": []string{"3EB0EARLIER"}}, nil)
	_, err = w.carol.Expect(w.ctx, simulator.Receipt("read", "3EB0EARLIER"))
	w.ok(err)
	if n := len(w.messages(bobChat, "")); n != 0 {
		t.Errorf("%d messages are listed", n)
	}
}

func TestTypingAndPresence(t *testing.T) {
	w := paired(t)
	expect := func(by *simulator.User, kind simulator.Kind, state, media string) {
		t.Helper()
		_, err := by.Expect(w.ctx, func(r simulator.Received) bool { return r.Kind == kind && r.State == state && r.Media == media })
		w.ok(err)
	}
	w.do(http.StatusCreated, "POST", "/api/startTyping", to(bobChat, nil), nil)
	expect(w.bob, simulator.KindChatState, "composing", "")
	w.do(http.StatusCreated, "POST", "/api/stopTyping", to(bobChat, nil), nil)
	expect(w.bob, simulator.KindChatState, "paused", "")
	w.do(http.StatusCreated, "POST", "/api/sales/presence", m{"chatId": bobChat, "presence": "recording"}, nil)
	expect(w.bob, simulator.KindChatState, "composing", "audio")
	for presence, state := range map[string]string{"online": "available", "offline": "unavailable"} {
		w.await("the account's name", func() bool {
			status, _ := w.call("POST", "/api/sales/presence", m{"presence": presence})
			return status == http.StatusCreated
		})
		expect(w.alice, simulator.KindPresence, state, "")
	}
	if status, body := w.call("POST", "/api/sales/presence", m{"presence": "typing"}); status != http.StatusBadRequest {
		t.Errorf("typing nowhere: %d %s", status, body)
	}
}
