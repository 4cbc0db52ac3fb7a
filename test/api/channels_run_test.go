package api

import (
	"bytes"
	"encoding/base64"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/wire"
	"github.com/wasession/wasession/test/simulator"
)

// created creates a channel through the API.
func (w *world) created(body m) (n *simulator.Newsletter, c wire.Channel) {
	w.Helper()
	w.do(http.StatusCreated, "POST", channelsPath, body, &c)
	for _, n := range w.sim.Newsletters() {
		if n.JID().String() == c.ID {
			return n, c
		}
	}
	w.Fatalf("WhatsApp has no channel %s", c.ID)
	return nil, c
}

func TestAChannelIsCreatedAndRun(t *testing.T) {
	w := paired(t)
	n, c := w.created(m{"name": "Mine", "description": "of Alice", "picture": m{"data": png(t)}})
	if c.Name != "Mine" || c.Description != "of Alice" || c.Role != "OWNER" || c.Subscribers != 1 || c.Picture == "" || c.Verified {
		t.Errorf("created %+v", c)
	}
	if n.Name() != "Mine" || n.Description() != "of Alice" || n.Picture() == nil {
		t.Errorf("WhatsApp has %q, %q", n.Name(), n.Description())
	}
	if got := w.channels("?role=OWNER"); !slices.Equal(got, []string{"Mine"}) {
		t.Errorf("owns %v", got)
	}
	if row := w.chats("")[c.ID]; row.Name == nil || *row.Name != "Mine" {
		t.Errorf("the chat is %+v", row)
	}
	var picture wire.Picture
	w.get("/api/sales/chats/"+c.ID+"/picture", &picture)
	if picture.URL == nil || *picture.URL != c.Picture {
		t.Errorf("the chat's picture is %v", picture.URL)
	}
	w.refusedChannel("POST", "/"+c.ID+"/unfollow", http.StatusUnprocessableEntity, "may not do this")

	w.ok(w.bob.Follow(n))
	var sent wire.Message
	w.do(http.StatusCreated, "POST", "/api/sendText", m{"session": name, "chatId": c.ID, "text": "hello"}, &sent)
	if sent.Ack != chat.AckServer || !sent.FromMe || sent.From != c.ID {
		t.Errorf("sent %+v", sent)
	}
	stanza := stanzaOf(sent.ID)
	got, err := w.bob.Expect(w.ctx, simulator.MessageID(stanza))
	w.ok(err)
	if got.Text() != "hello" || got.Chat != n.JID() {
		t.Errorf("Bob got %+v", got)
	}
	w.do(http.StatusOK, "PUT", "/api/reaction", m{"messageId": sent.ID, "reaction": "👍"}, nil)
	if n.Reactions(stanza)[alicePN] != "👍" {
		t.Errorf("reactions: %v", n.Reactions(stanza))
	}
	if posts := w.previews(c.ID, ""); len(posts) != 1 || posts[0].Message.ID != sent.ID || posts[0].Reactions["👍"] != 1 {
		t.Errorf("previewed %+v", posts)
	}
	path := "/api/sales/chats/" + c.ID + "/messages/" + sent.ID
	w.do(http.StatusOK, "PUT", path, m{"text": "changed"}, nil)
	_, err = w.bob.Expect(w.ctx, simulator.Text("changed"))
	w.ok(err)
	if rows := w.messages(c.ID, ""); len(rows) != 1 || rows[0].Body != "changed" {
		t.Errorf("edited: %+v", rows)
	}
	// The phone of the account, or another admin, changes and deletes it, too.
	w.ok(n.EditPost(w.ctx, w.alice, stanza, simulator.TextMessage("on the phone")))
	w.await("the phone's edit", func() bool { rows := w.messages(c.ID, ""); return len(rows) == 1 && rows[0].Body == "on the phone" })
	if rows := w.messages(c.ID, ""); !rows[0].FromMe {
		t.Errorf("the session's own message became %+v", rows[0])
	}
	w.do(http.StatusOK, "DELETE", path, nil, nil)
	_, err = w.bob.Expect(w.ctx, func(r simulator.Received) bool { return r.ID == stanza && r.Edit == "8" })
	w.ok(err)
	n.SetRole(w.bob, simulator.NewsletterAdmin)
	w.ok(w.carol.Follow(n))
	other := w.posted(n, w.bob, "by Bob")
	path = "/api/sales/chats/" + c.ID + "/messages/" + other.ID
	w.do(http.StatusOK, "PUT", path, m{"text": "by Alice"}, nil)
	_, err = w.carol.Expect(w.ctx, simulator.Text("by Alice"))
	w.ok(err)
	if rows := w.messages(c.ID, ""); len(rows) != 1 || rows[0].Body != "by Alice" || rows[0].FromMe {
		t.Errorf("edited: %+v", rows)
	}
	w.do(http.StatusOK, "DELETE", path, nil, nil)
	if rows := w.messages(c.ID, ""); len(rows) != 0 {
		t.Errorf("left are %+v", rows)
	}
	// Nothing says that the account's phone made a post.
	if phone := w.posted(n, w.alice, "by Alice's phone"); phone.FromMe || phone.From != c.ID {
		t.Errorf("the phone's post is %+v", phone)
	}
	w.do(http.StatusCreated, "POST", "/api/sendSeen", m{"session": name, "chatId": c.ID}, nil)
	if row := w.chats("")[c.ID]; row.UnreadCount != 0 {
		t.Errorf("%d unread", row.UnreadCount)
	}
}

func TestFilesAreSentToAChannel(t *testing.T) {
	w := paired(t)
	n, c := w.created(m{"name": "Mine"})
	w.ok(w.bob.Follow(n))
	content := unbase64(t, png(t))
	for _, call := range []string{"sendImage", "sendFile", "sendVoice", "sendVideo"} {
		var sent wire.Message
		w.do(http.StatusCreated, "POST", "/api/"+call, m{"session": name, "chatId": c.ID, "file": m{"data": base64.StdEncoding.EncodeToString(content)}}, &sent)
		got, err := w.bob.Expect(w.ctx, simulator.MessageID(stanzaOf(sent.ID)))
		w.ok(err)
		file, err := w.sim.Download(got.Message)
		w.ok(err)
		if !bytes.Equal(file, content) || n.Handle(stanzaOf(sent.ID)) == "" {
			t.Errorf("%s: Bob got %d bytes, with the handle %q", call, len(file), n.Handle(stanzaOf(sent.ID)))
		}
		row := w.messages(c.ID, "?limit=1")[0]
		if row.ID != sent.ID || row.Media == nil || row.Media.URL == nil {
			t.Fatalf("%s: stored as %+v", call, row.Media)
		}
		if status, body := w.call("GET", strings.TrimPrefix(*row.Media.URL, w.url), nil); status != http.StatusOK || !bytes.Equal(body, content) {
			t.Errorf("%s: the file is %d, %d bytes", call, status, len(body))
		}
		for _, forward := range []m{{"chatId": bobChat, "messageId": sent.ID}, {"chatId": c.ID, "messageId": sent.ID}} {
			if status, body := w.call("POST", "/api/forwardMessage", forward); status != http.StatusUnprocessableEntity || !strings.Contains(string(body), "not encrypted") {
				t.Errorf("%s forwarded: %d %s", call, status, body)
			}
		}
	}
	var picture wire.Message
	w.do(http.StatusCreated, "POST", "/api/sendImage", m{"session": name, "chatId": bobChat, "file": m{"data": png(t)}}, &picture)
	if status, body := w.call("POST", "/api/forwardMessage", m{"chatId": c.ID, "messageId": picture.ID}); status != http.StatusUnprocessableEntity || !strings.Contains(string(body), "not encrypted") {
		t.Errorf("a contact's picture forwarded: %d %s", status, body)
	}
	var poll, forwarded wire.Message
	w.do(http.StatusCreated, "POST", "/api/sendPoll", m{"chatId": c.ID, "poll": m{"name": "Tea?", "options": []string{"yes", "no"}}}, &poll)
	_, err := w.bob.Expect(w.ctx, simulator.MessageID(stanzaOf(poll.ID)))
	w.ok(err)
	hello := w.written("hello")
	w.do(http.StatusCreated, "POST", "/api/forwardMessage", m{"chatId": c.ID, "messageId": hello}, &forwarded)
	_, err = w.bob.Expect(w.ctx, simulator.MessageID(stanzaOf(forwarded.ID)))
	w.ok(err)
}

func TestWhatCannotBeSentToAChannel(t *testing.T) {
	w := paired(t)
	n := w.sim.AddNewsletter(w.bob, "News")
	id := n.JID().String()
	refused := func(why, to, text string) {
		t.Helper()
		status, body := w.call("POST", "/api/sendText", m{"session": name, "chatId": to, "text": "spam"})
		if status != http.StatusUnprocessableEntity || !strings.Contains(string(body), text) {
			t.Errorf("%s: %d %s", why, status, body)
		}
	}
	refused("a stranger", id, "not an admin")
	refused("nowhere", "120363999999999999@newsletter", "no such channel")
	if rows := w.chats(""); len(rows) != 0 {
		t.Errorf("left are %v", rows)
	}
	w.ok(w.alice.Follow(n))
	refused("a follower", id, "not an admin")
	theirs := w.posted(n, w.bob, "theirs")
	if status, body := w.call("DELETE", "/api/sales/chats/"+id+"/messages/"+theirs.ID, nil); status != http.StatusUnprocessableEntity {
		t.Errorf("deleted by a follower: %d %s", status, body)
	}
	if status, body := w.call("PUT", "/api/sales/chats/"+id+"/messages/"+theirs.ID, m{"text": "x"}); status != http.StatusUnprocessableEntity {
		t.Errorf("edited by a follower: %d %s", status, body)
	}
	if rows := w.messages(id, ""); len(rows) != 1 {
		t.Errorf("left are %v", rows)
	}
	// If nothing is known of the role, WhatsApp decides.
	w.sim.Faults().FailIQ("w:mex", 500, "internal-server-error", 1)
	refused("a follower", id, "403")
	for _, c := range []struct {
		body   m
		status int
		text   string
	}{
		{m{"name": ""}, http.StatusBadRequest, "should not be empty"},
		{m{"name": strings.Repeat("x", 101)}, http.StatusBadRequest, "100 characters"},
		{m{"name": "x", "picture": m{"data": "aGVsbG8="}}, http.StatusUnprocessableEntity, "not a picture"},
	} {
		if status, answer := w.call("POST", channelsPath, c.body); status != c.status || !strings.Contains(string(answer), c.text) {
			t.Errorf("created: %d %s, want %d %s", status, answer, c.status, c.text)
		}
	}
	if got := w.channels("?role=OWNER"); len(got) != 0 {
		t.Errorf("owns %v", got)
	}
}
