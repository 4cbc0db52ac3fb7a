package api

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"testing"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"

	"github.com/wasession/wasession/runtime/wire"
	"github.com/wasession/wasession/test/simulator"
)

// publish publishes a status, which must be accepted.
func (w *world) publish(kind string, body m) (sent wire.Message) {
	w.Helper()
	w.do(http.StatusCreated, "POST", "/api/sales/status/"+kind, body, &sent)
	return sent
}

func TestStatusesOfAllKindsReachTheirContacts(t *testing.T) {
	w := paired(t)
	var fresh wire.NewMessageID
	w.get("/api/sales/status/new-message-id", &fresh)
	for _, c := range []struct {
		kind string
		body m
		file []byte
		want string
	}{
		{"text", m{"text": "open today", "backgroundColor": "#102030", "font": 2, "id": fresh.ID}, nil, `text "open today" ff102030 2`},
		{"text", m{"text": "plain"}, nil, `text "plain" ff38b42f 0`},
		{"image", m{"caption": "look", "file": m{"mimetype": "image/png"}}, unbase64(t, png(t)), `image image/png "look"`},
		{"voice", m{"convert": false, "backgroundColor": "#102030", "file": m{}}, ogg(), `voice audio/ogg; codecs=opus true ff102030`},
		{"video", m{"convert": false, "caption": "film", "file": m{}}, mp4(), `video video/mp4 "film"`},
	} {
		c.body["contacts"] = []string{bobPN}
		if c.file != nil {
			c.body["file"].(m)["data"] = base64.StdEncoding.EncodeToString(c.file)
		}
		id := stanzaOf(w.publish(c.kind, c.body).ID)
		if c.body["id"] != nil && id != fresh.ID {
			t.Errorf("the status has the ID %s, want %s", id, fresh.ID)
		}
		got, err := w.bob.Expect(w.ctx, simulator.MessageID(id))
		w.ok(err)
		if got.Chat != types.StatusBroadcastJID {
			t.Errorf("%s came in %s", c.kind, got.Chat)
		}
		shown := ""
		switch msg := got.Message; {
		case msg.ExtendedTextMessage != nil:
			x := msg.ExtendedTextMessage
			shown = fmt.Sprintf("text %q %x %d", x.GetText(), x.GetBackgroundArgb(), x.GetFont())
		case msg.ImageMessage != nil:
			shown = fmt.Sprintf("image %s %q", msg.ImageMessage.GetMimetype(), msg.ImageMessage.GetCaption())
		case msg.AudioMessage != nil:
			x := msg.AudioMessage
			shown = fmt.Sprintf("voice %s %t %x", x.GetMimetype(), x.GetPTT(), x.GetBackgroundArgb())
		case msg.VideoMessage != nil:
			shown = fmt.Sprintf("video %s %q", msg.VideoMessage.GetMimetype(), msg.VideoMessage.GetCaption())
		}
		if shown != c.want {
			t.Errorf("Bob sees %s, want %s", shown, c.want)
		}
		if c.file != nil {
			if content, err := w.sim.Download(got.Message); err != nil || !bytes.Equal(content, c.file) {
				t.Errorf("%s: Bob downloads %q, %v", c.kind, content, err)
			}
		}
	}
	for _, got := range w.carol.Inbox() {
		if got.Chat == types.StatusBroadcastJID {
			t.Errorf("Carol got %+v", got)
		}
	}
}

func TestAStatusIsDeletedForWhoGotIt(t *testing.T) {
	w := paired(t)
	to := []string{bobPN, carolPN}
	sent := w.publish("text", m{"text": "a mistake", "contacts": to})
	for _, u := range []*simulator.User{w.bob, w.carol} {
		_, err := u.Expect(w.ctx, simulator.Text("a mistake"))
		w.ok(err)
	}
	w.do(http.StatusCreated, "POST", "/api/sales/status/delete", m{"id": sent.ID}, nil)
	for _, u := range []*simulator.User{w.bob, w.carol} {
		_, err := u.Expect(w.ctx, deletes(sent))
		w.ok(err)
	}
	w.do(http.StatusNotFound, "POST", "/api/sales/status/delete", m{"id": "3EB0NOSUCHSTATUS"}, nil)
}

// deletes reports whether a status is deleted for whom it is received by.
func deletes(sent wire.Message) func(simulator.Received) bool {
	return func(r simulator.Received) bool {
		return r.Chat == types.StatusBroadcastJID && r.Message.GetProtocolMessage().GetKey().GetID() == stanzaOf(sent.ID)
	}
}

// Nobody learns that a status was deleted who did not get it, unless they are named.
func TestAStatusIsDeletedForItsContactsOnly(t *testing.T) {
	w := paired(t)
	chosen := w.publish("text", m{"text": "for Bob", "contacts": []string{bobPN}})
	named := w.publish("text", m{"text": "for Bob too", "contacts": []string{bobPN}})
	w.do(http.StatusCreated, "POST", "/api/sales/status/delete", m{"id": chosen.ID}, nil)
	w.do(http.StatusCreated, "POST", "/api/sales/status/delete", m{"id": named.ID, "contacts": []string{carolPN}}, nil)
	_, err := w.bob.Expect(w.ctx, deletes(chosen))
	w.ok(err)
	_, err = w.carol.Expect(w.ctx, deletes(named))
	w.ok(err)
	for _, got := range w.carol.Inbox() {
		if deletes(chosen)(got) {
			t.Error("Carol is told that a status for Bob is deleted")
		}
	}
	for _, got := range w.bob.Inbox() {
		if deletes(named)(got) {
			t.Error("Bob is told of a deletion for Carol")
		}
	}
}

func TestStatusesThatCannotBePublished(t *testing.T) {
	w := paired(t)
	for kind, bodies := range map[string][]m{
		"text": {{}, {"text": "a", "backgroundColor": "red"}, {"text": "a", "font": 11}, {"text": "a", "contacts": []string{"1203@g.us"}},
			{"text": strings.Repeat("a", 65537)}},
		"image": {{}, {"file": m{"data": "?"}}},
		"voice": {{"file": m{}}}, "video": {{"file": m{}}}, "delete": {{}},
	} {
		for _, body := range bodies {
			w.do(http.StatusBadRequest, "POST", "/api/sales/status/"+kind, body, nil)
		}
	}
	early := w.publish("text", m{"text": "before the list", "contacts": []string{bobPN}})
	// The account's privacy settings name the people: the client library would ignore others.
	w.sim.HandleIQ("status", "get", "privacy", func(context.Context, *simulator.IQ) ([]waBinary.Node, error) {
		return []waBinary.Node{{Tag: "privacy", Content: []waBinary.Node{{
			Tag: "list", Attrs: waBinary.Attrs{"type": "whitelist", "default": "true"},
			Content: []waBinary.Node{{Tag: "user", Attrs: waBinary.Attrs{"jid": w.carol.PN()}}},
		}}}}, nil
	})
	status, body := w.call("POST", "/api/sales/status/text", m{"text": "hello", "contacts": []string{bobPN}})
	if status != http.StatusUnprocessableEntity || !strings.Contains(string(body), "privacy settings") {
		t.Errorf("%d %s", status, body)
	}
	for _, body := range []m{{"id": early.ID}, {"id": early.ID, "contacts": []string{bobPN}}} {
		if status, body := w.call("POST", "/api/sales/status/delete", body); status != http.StatusUnprocessableEntity || !strings.Contains(string(body), "privacy settings") {
			t.Errorf("%d %s", status, body)
		}
	}
	listed := w.publish("text", m{"text": "for the list"})
	_, err := w.carol.Expect(w.ctx, simulator.Text("for the list"))
	w.ok(err)
	w.do(http.StatusCreated, "POST", "/api/sales/status/delete", m{"id": listed.ID}, nil)
	_, err = w.carol.Expect(w.ctx, deletes(listed))
	w.ok(err)
}

// What is done to a status is told to those who got it, or to its author, not to all contacts.
func TestOnlyThoseConcernedHearOfEditsAndReactionsToStatuses(t *testing.T) {
	w := paired(t)
	for _, u := range []*simulator.User{w.bob, w.carol} {
		w.ok(w.alice.PushContact(w.ctx, u, "A contact", "A contact"))
	}
	for _, number := range []string{bobPN, carolPN} {
		w.await("the contact "+number, func() bool {
			var got struct{ Name string }
			w.get("/api/contacts?session=sales&contactId="+number, &got)
			return got.Name == "A contact"
		})
	}
	everyone := w.publish("text", m{"text": "for everyone"})
	_, err := w.carol.Expect(w.ctx, simulator.MessageID(stanzaOf(everyone.ID)))
	w.ok(err)
	chosen := w.publish("text", m{"text": "for Bob", "contacts": []string{bobPN}})
	w.do(http.StatusOK, "PUT", "/api/sales/chats/status@broadcast/messages/"+chosen.ID, m{"text": "for Bob, edited"}, nil)
	_, err = w.bob.Expect(w.ctx, func(r simulator.Received) bool {
		return r.Chat == types.StatusBroadcastJID && r.Message.GetEditedMessage() != nil
	})
	w.ok(err)
	id, err := w.bob.SendStatus(w.ctx, simulator.TextMessage("at the sea"), []*simulator.User{w.alice})
	w.ok(err)
	theirs := "false_status@broadcast_" + id + "_" + bobPN + "@c.us"
	w.await("Bob's status", func() bool {
		status, _ := w.call("PUT", "/api/reaction", m{"session": "sales", "messageId": theirs, "reaction": "👍"})
		return status == http.StatusOK
	})
	_, err = w.bob.Expect(w.ctx, func(r simulator.Received) bool { return r.Message.GetReactionMessage().GetKey().GetID() == id })
	w.ok(err)
	last := w.publish("text", m{"text": "for Carol", "contacts": []string{carolPN}})
	_, err = w.carol.Expect(w.ctx, simulator.MessageID(stanzaOf(last.ID)))
	w.ok(err)
	for _, got := range w.carol.Inbox() {
		if got.Message.GetEditedMessage() != nil || got.Message.GetReactionMessage() != nil {
			t.Errorf("Carol got %v", got.Message)
		}
	}
}
