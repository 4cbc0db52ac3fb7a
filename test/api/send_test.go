package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"go.mau.fi/whatsmeow/proto/waE2E"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/wire"
	"github.com/wasession/wasession/test/simulator"
)

// m is a JSON object.
type m = map[string]any

// message is what the answers to sends and the message lists have.
type message struct {
	ID, From, Body, AckName, Source string
	Ack                             int
	FromMe, HasMedia                bool
	ReplyTo                         *struct{ ID, Body string }
	Location                        *struct{ Latitude, Longitude, Name string }
	VCards                          []string
	Reactions                       []wire.ReactionBy
	Data                            struct{ Message m } `json:"_data"`
}

// to is a body to a chat, with more.
func to(chatID string, more m) m {
	body := m{"session": name, "chatId": chatID}
	for k, v := range more {
		body[k] = v
	}
	return body
}

// send posts a message and checks the answer.
func (w *world) send(path string, body m) message {
	w.Helper()
	var sent message
	w.do(http.StatusCreated, "POST", path, body, &sent)
	if !sent.FromMe || sent.Source != "api" || sent.AckName != "SERVER" || !strings.HasPrefix(sent.ID, "true_") {
		w.Errorf("%s answers %+v", path, sent)
	}
	return sent
}

// stanzaOf is the last part of a message's id in a direct chat.
func stanzaOf(id string) string { return strings.Split(id, "_")[2] }

// received is what reached a person's phone of a message that was sent.
func (w *world) received(by *simulator.User, sent message) *waE2E.Message {
	w.Helper()
	got, err := by.Expect(w.ctx, simulator.MessageID(stanzaOf(sent.ID)))
	w.ok(err)
	return got.Message
}

func TestSendTextIsStoredAndFollowsItsReceipts(t *testing.T) {
	w := paired(t)
	w.bob.SetAutoReceipts(false)
	sent := w.send("/api/sendText", to(bobChat, m{"text": "Hi there!", "linkPreview": nil, "reply_to": nil}))
	if got := w.received(w.bob, sent); simulator.MessageText(got) != "Hi there!" {
		t.Errorf("Bob received %v", got)
	}
	stanza := stanzaOf(sent.ID)
	if sent.ID != "true_"+bobChat+"_"+stanza || sent.From != bobChat || sent.Body != "Hi there!" {
		t.Errorf("sent %+v", sent)
	}
	ack := func() string {
		var got message
		w.get("/api/sales/chats/"+bobChat+"/messages/"+sent.ID, &got)
		return got.AckName
	}
	for _, step := range []struct {
		receipt func() error
		ack     string
	}{
		{func() error { return nil }, "SERVER"},
		{func() error { return w.bob.SendReceipt(w.ctx, "", stanza) }, "DEVICE"},
		{func() error { return w.bob.MarkRead(w.ctx, stanza) }, "READ"},
		{func() error { return w.bob.MarkPlayed(w.ctx, stanza) }, "PLAYED"},
	} {
		w.ok(step.receipt())
		w.await(step.ack, func() bool { return ack() == step.ack })
	}
	events := w.messageEvents()
	if got := strings.Join(events, " "); got != "message.any message.ack message.ack message.ack message.ack" {
		t.Errorf("events %s", got)
	}
}

// messageEvents are the names of the events about messages so far.
func (w *world) messageEvents() (names []string) {
	w.Helper()
	stored, err := w.store.EventsFrom(w.ctx, 0, 0)
	w.ok(err)
	for _, e := range stored {
		if strings.HasPrefix(e.Name, "message") {
			names = append(names, e.Name)
		}
	}
	return names
}

func TestSendTextWithMentionsInAGroup(t *testing.T) {
	w := paired(t)
	g := w.sim.AddGroup("Lunch", w.alice, w.bob, w.carol)
	sent := w.send("/api/sendText", to(g.JID().String(), m{"text": "hungry @" + bobPN + "?", "mentions": []string{bobChat}}))
	if parts := strings.Split(sent.ID, "_"); len(parts) != 4 || parts[3] != alicePN+"@c.us" {
		t.Errorf("the id in a group is %s", sent.ID)
	}
	for _, phone := range []*simulator.User{w.bob, w.carol} {
		got := w.received(phone, sent).GetExtendedTextMessage()
		if got.GetText() != "hungry @"+bobPN+"?" || fmt.Sprint(got.GetContextInfo().GetMentionedJID()) != "["+bobPN+"@s.whatsapp.net]" {
			t.Errorf("%s received %v", phone.Name(), got)
		}
	}
}

func TestSendTextAsReply(t *testing.T) {
	w := paired(t)
	id, err := w.bob.SendText(w.ctx, w.alice, "how are you?")
	w.ok(err)
	w.await("the question", func() bool {
		_, err := w.store.Message(w.ctx, bobChat, id)
		return err == nil
	})
	for _, path := range []string{"/api/sendText", "/api/reply"} {
		for _, ref := range []string{"false_" + bobChat + "_" + id, id} {
			sent := w.send(path, to(bobChat, m{"text": "well", "reply_to": ref}))
			if sent.ReplyTo == nil || sent.ReplyTo.ID != id || sent.ReplyTo.Body != "how are you?" {
				t.Errorf("%s with %s: %+v", path, ref, sent)
			}
			got := w.received(w.bob, sent).GetExtendedTextMessage().GetContextInfo()
			if got.GetStanzaID() != id || got.GetParticipant() != bobPN+"@s.whatsapp.net" || simulator.MessageText(got.GetQuotedMessage()) != "how are you?" {
				t.Errorf("%s with %s: Bob sees %v", path, ref, got)
			}
		}
	}
	// WhatsApp is told nothing of the message but its ID and its sender.
	sent := w.send("/api/sendText", to(bobChat, m{"text": "to an old one", "reply_to": "false_" + bobChat + "_OLD"}))
	got := w.received(w.bob, sent).GetExtendedTextMessage().GetContextInfo()
	if got.GetStanzaID() != "OLD" || got.GetParticipant() != bobPN+"@s.whatsapp.net" {
		t.Errorf("a reply to a message that is not stored: Bob sees %v", got)
	}
	status, body := w.call("POST", "/api/sendText", to(bobChat, m{"text": "well", "reply_to": "NONE"}))
	if status != http.StatusNotFound {
		t.Errorf("a reply to nothing: %d %s", status, body)
	}
}

func TestSendTextWithLinkPreview(t *testing.T) {
	w := paired(t)
	site := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Content-Type", "text/html; charset=utf-8")
		if r.URL.Path == "/page" {
			fmt.Fprint(rw, `<title>plain</title><meta property="og:title" content="A page"><meta property="og:description" content="About it">`)
		}
	}))
	defer site.Close()
	text := "look: " + site.URL + "/page"
	for what, c := range map[string]struct {
		path string
		body m
		want string
	}{
		"by default":       {"/api/sendText", m{"text": text}, "A page"},
		"switched off":     {"/api/sendText", m{"text": text, "linkPreview": false}, ""},
		"a page of no use": {"/api/sendText", m{"text": site.URL + "/nothing"}, ""},
		"by its old name":  {"/api/sendLinkPreview", m{"title": "T", "url": site.URL + "/page"}, "A page"},
		"of one's own": {"/api/send/link-custom-preview", m{"text": text, "preview": m{
			"url": site.URL + "/page", "title": "Mine", "description": "D", "image": m{"data": png(t)},
		}}, "Mine"},
	} {
		got := w.received(w.bob, w.send(c.path, to(bobChat, c.body))).GetExtendedTextMessage()
		if got.GetTitle() != c.want {
			t.Errorf("%s: Bob sees %v, want the title %q", what, got, c.want)
		}
		if c.want == "Mine" && len(got.GetJPEGThumbnail()) == 0 {
			t.Errorf("%s: without the image", what)
		}
		if c.want == "A page" && (got.GetDescription() != "About it" || got.GetMatchedText() != site.URL+"/page") {
			t.Errorf("%s: Bob sees %v", what, got)
		}
	}
}

func TestSendByGet(t *testing.T) {
	w := paired(t)
	var sent message
	w.get("/api/sendText?session=sales&phone="+bobPN+"&text=hello%20there", &sent)
	if got := w.received(w.bob, sent); simulator.MessageText(got) != "hello there" {
		t.Errorf("Bob received %v", got)
	}
	var list []message
	w.get("/api/messages?session=sales&chatId="+bobChat+"&limit=5", &list)
	if len(list) != 1 || list[0].ID != sent.ID {
		t.Errorf("listed %+v", list)
	}
}

func TestSendLocationContactsAndPoll(t *testing.T) {
	w := paired(t)
	place := w.send("/api/sendLocation", to(bobChat, m{"latitude": 38.8937255, "longitude": -77, "title": "Our office"}))
	if l := w.received(w.bob, place).GetLocationMessage(); l.GetDegreesLatitude() != 38.8937255 || l.GetDegreesLongitude() != -77 || l.GetName() != "Our office" {
		t.Errorf("Bob sees %v", l)
	}
	if place.Location == nil || place.Location.Latitude != "38.8937255" {
		t.Errorf("the answer has %+v", place.Location)
	}
	card := "BEGIN:VCARD\nVERSION:3.0\nFN:Jane Doe\nTEL:+1\nEND:VCARD"
	one := w.send("/api/sendContactVcard", to(bobChat, m{"contacts": []m{{"vcard": card}}}))
	if c := w.received(w.bob, one).GetContactMessage(); c.GetVcard() != card || c.GetDisplayName() != "Jane Doe" {
		t.Errorf("Bob sees %v", c)
	}
	two := w.send("/api/sendContactVcard", to(bobChat, m{"contacts": []m{
		{"vcard": card}, {"fullName": "John", "phoneNumber": "+91 1", "whatsappId": "911", "vcard": nil},
	}}))
	if c := w.received(w.bob, two).GetContactsArrayMessage().GetContacts(); len(c) != 2 || !strings.Contains(c[1].GetVcard(), "waid=911:+91 1") {
		t.Errorf("Bob sees %v", c)
	}
	poll := w.send("/api/sendPoll", to(bobChat, m{"poll": m{"name": "How are you?", "options": []string{"Good", "Bad"}, "multipleAnswers": false}}))
	p := w.received(w.bob, poll)
	if q := p.GetPollCreationMessage(); q.GetName() != "How are you?" || len(q.GetOptions()) != 2 || q.GetSelectableOptionsCount() != 1 {
		t.Errorf("Bob sees %v", p)
	}
	if len(p.GetMessageContextInfo().GetMessageSecret()) != 32 {
		t.Error("Bob could not vote: the poll has no secret")
	}
}

func TestForwarding(t *testing.T) {
	w := paired(t)
	id, err := w.bob.SendImage(w.ctx, w.alice, []byte("\xff\xd8\xff not much of a picture"), "look")
	w.ok(err)
	w.await("the image", func() bool {
		_, err := w.store.Message(w.ctx, bobChat, id)
		return err == nil
	})
	sent := w.send("/api/forwardMessage", to(carolPN, m{"messageId": "false_" + bobChat + "_" + id}))
	got := w.received(w.carol, sent)
	if c := got.GetImageMessage(); c.GetCaption() != "look" || !c.GetContextInfo().GetIsForwarded() || c.GetContextInfo().GetForwardingScore() != 1 {
		t.Errorf("Carol sees %v", got)
	}
	if content, err := w.sim.Download(got); err != nil || !strings.Contains(string(content), "picture") {
		t.Errorf("Carol's copy of the image: %q, %v", content, err)
	}
	if status, body := w.call("POST", "/api/forwardMessage", to(carolPN, m{"messageId": "NONE"})); status != http.StatusNotFound {
		t.Errorf("forwarding nothing: %d %s", status, body)
	}
}

func TestMessageIDsOfOnesOwn(t *testing.T) {
	w := paired(t)
	var made struct{ ID string }
	w.get("/api/sales/new-message-id", &made)
	body := to(bobChat, m{"text": "once", "id": made.ID})
	if sent := w.send("/api/sendText", body); stanzaOf(sent.ID) != made.ID {
		t.Errorf("sent as %s, want %s", sent.ID, made.ID)
	}
	if sent := w.send("/api/sendText", body); stanzaOf(sent.ID) != made.ID {
		t.Errorf("the same request again is answered with %s", sent.ID)
	}
	status, answer := w.call("POST", "/api/sendText", to(bobChat, m{"text": "something else", "id": made.ID}))
	var problem struct{ Message string }
	w.ok(json.Unmarshal(answer, &problem))
	if status != http.StatusUnprocessableEntity || problem.Message != "This id was used for a different request" {
		t.Errorf("the same id for another message: %d %s", status, answer)
	}
	_, err := w.bob.Expect(w.ctx, simulator.MessageID(made.ID))
	w.ok(err)
	count := 0
	for _, r := range w.bob.Inbox() {
		if r.Kind == simulator.KindMessage {
			count++
		}
	}
	if count != 1 {
		t.Errorf("Bob has %d messages", count)
	}
	if _, err := w.store.Message(w.ctx, chat.ID(bobChat), made.ID); err != nil {
		t.Error(err)
	}
}
