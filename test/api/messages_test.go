package api

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"go.mau.fi/whatsmeow/proto/waE2E"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/wire"
	"github.com/wasession/wasession/test/simulator"
	"github.com/wasession/wasession/test/simulator/history"
)

// sent has Alice's phone write to Bob: a message of her own that the runtime
// can change. It is returned as the API has it.
func (w *world) sent(text string) wire.Message {
	w.Helper()
	id, err := w.alice.SendText(w.ctx, w.bob, text)
	w.ok(err)
	return w.arrived(bobChat, id)
}

// message is the path of a message.
func path(m wire.Message) string {
	return "/api/sales/chats/" + url.PathEscape(m.From) + "/messages/" + url.PathEscape(m.ID)
}

// Row 9: messages with every filter, of one chat and of all.
func TestMessages(t *testing.T) {
	w := paired(t)
	base := time.Now().Add(-time.Hour).Truncate(time.Second)
	at := func(i int) int64 { return base.Unix() + int64(i) }
	var last string
	for i := range 6 {
		from, to := w.bob, w.alice
		if i%2 == 1 {
			from, to = w.alice, w.bob
		}
		id, err := from.SendText(w.ctx, to, fmt.Sprint("m", i), simulator.WithTime(time.Unix(at(i), 0)))
		w.ok(err)
		last = id
	}
	w.arrived(bobChat, last)
	_, err := w.carol.SendText(w.ctx, w.alice, "Grüße", simulator.WithTime(time.Unix(at(2), 0)))
	w.ok(err)
	w.await("Carol's message", func() bool { return len(w.messages(carolPN, "")) == 1 })
	bodies := func(id, query string) string {
		var all []string
		for _, m := range w.messages(id, query) {
			all = append(all, m.Body)
		}
		return strings.Join(all, " ")
	}
	for query, want := range map[string]string{
		"": "m5 m4 m3 m2 m1 m0", "?limit=2": "m5 m4", "?limit=2&offset=4": "m1 m0", "?offset=6": "", "?sortOrder=asc&limit=2": "m0 m1",
		"?filter.fromMe=true":                        "m5 m3 m1",
		"?filter.fromMe=false&limit=2":               "m4 m2",
		"?filter.fromMe=false&limit=2&offset=2":      "m0",
		"?filter.timestamp.gte=" + fmt.Sprint(at(4)): "m5 m4",
		"?filter.timestamp.lte=" + fmt.Sprint(at(1)): "m1 m0",
		fmt.Sprintf("?filter.timestamp.gte=%d&filter.timestamp.lte=%d&filter.fromMe=1", at(2), at(4)): "m3",
		"?filter.ack=PLAYED": "",
	} {
		if got := bodies(bobChat, query); got != want {
			t.Errorf("%s gives %q, want %q", query, got, want)
		}
	}
	if got := bodies("all", fmt.Sprintf("?filter.timestamp.lte=%d&sortOrder=asc", at(2))); got != "m0 m1 m2 Grüße" && got != "m0 m1 Grüße m2" {
		t.Errorf("all chats give %q", got)
	}
	if got := bodies("all", "?filter.text="+url.QueryEscape("GRÜ")); got != "Grüße" {
		t.Errorf("a part of a text gives %q", got)
	}
}

// Row 10, and the shapes of every sort of message.
func TestEverySortOfMessage(t *testing.T) {
	w := paired(t)
	send := func(m *waE2E.Message) wire.Message {
		t.Helper()
		id, err := w.bob.Send(w.ctx, w.alice, m)
		w.ok(err)
		return w.arrived(bobChat, id)
	}
	plain := send(history.Text("Hi!"))
	if plain.From != bobChat || plain.FromMe || plain.Source != "app" || plain.To != nil || plain.Participant != nil || plain.Body != "Hi!" ||
		plain.HasMedia || plain.ReplyTo != nil || !strings.HasPrefix(plain.ID, "false_"+bobChat+"_") || plain.Timestamp == 0 {
		t.Errorf("text: %+v", plain)
	}
	if data, ok := plain.Data.(map[string]any); !ok || data["Info"] == nil || data["Message"] == nil {
		t.Errorf("_data is %v", plain.Data)
	}
	stanza := strings.Split(plain.ID, "_")[2]
	reply := send(history.Reply("Why?", stanza, w.bob.PN(), history.Text("Hi!")))
	if reply.Body != "Why?" || reply.ReplyTo == nil || reply.ReplyTo.ID != stanza || *reply.ReplyTo.Body != "Hi!" {
		t.Errorf("reply: %+v of %+v", reply, reply.ReplyTo)
	}
	place := send(history.Location(38.8937255, -77.0969763, "Office"))
	if l := place.Location; l == nil || l.Latitude != "38.8937255" || l.Longitude != "-77.0969763" || l.Live || *l.Name != "Office" {
		t.Errorf("location: %+v", place.Location)
	}
	card := send(history.Contact("Eve", "+491511234567"))
	if len(card.VCards) != 1 || !strings.Contains(card.VCards[0], "Eve") {
		t.Errorf("contact card: %+v", card.VCards)
	}

	// A reaction and an edit are no rows of the list.
	w.ok(w.bob.React(w.ctx, w.alice, stanza, true, "👍"))
	w.ok(w.bob.Edit(w.ctx, w.alice, stanza, "Hello!"))
	w.await("the edit", func() bool { return w.arrived(bobChat, stanza).Body == "Hello!" })
	if n := len(w.messages(bobChat, "")); n != 4 {
		t.Errorf("%d rows, want 4", n)
	}
	if len(w.events(chat.EventMessageReaction)) != 1 || len(w.events(chat.EventMessageEdited)) != 1 {
		t.Error("the reaction or the edit is no event")
	}
	if all := w.arrived(bobChat, stanza).Reactions; len(all) != 1 || all[0].Text != "👍" || all[0].FromMe || all[0].From == nil || *all[0].From != bobChat {
		t.Errorf("reactions of the message: %+v", all)
	}
	for _, e := range append(w.events(chat.EventMessage), w.events(chat.EventMessageEdited)...) {
		if strings.Contains(string(e), `"reactions"`) {
			t.Errorf("an event with reactions: %s", e)
		}
	}
	w.ok(w.bob.Revoke(w.ctx, w.alice, stanza))
	w.await("the revocation", func() bool { return len(w.events(chat.EventMessageRevoked)) == 1 })

	status, _ := w.call("GET", "/api/sales/chats/"+bobChat+"/messages/NOSUCHMESSAGE", nil)
	if status != 404 {
		t.Errorf("an unknown message: %d", status)
	}
}

func TestGroupMessageNamesItsSender(t *testing.T) {
	w := paired(t)
	group := w.sim.AddGroup("Team", w.alice, w.bob, w.carol)
	id, err := w.bob.SendGroupText(w.ctx, group, "hello all")
	w.ok(err)
	gid := group.JID().String()
	m := w.arrived(gid, id)
	if m.From != gid || m.Participant == nil || m.To == nil || *m.To != *m.Participant || m.Author == nil || *m.Author != *m.Participant {
		t.Errorf("%+v", m)
	}
	if m.ID != "false_"+gid+"_"+id+"_"+*m.Participant {
		t.Errorf("id %s", m.ID)
	}
	var again wire.Message
	if w.get(path(m), &again); again.ID != m.ID {
		t.Errorf("by its full id: %s", again.ID)
	}
}

// Row 8: read a chat.
func TestReadMessages(t *testing.T) {
	w := paired(t)
	var all []string
	for i := range 5 {
		id, err := w.bob.SendText(w.ctx, w.alice, fmt.Sprint("m", i), simulator.WithTime(time.Now().Add(time.Duration(i-10)*time.Second)))
		w.ok(err)
		all = append(all, id)
	}
	w.arrived(bobChat, all[4])
	var out struct{ IDs []string }
	w.do(201, "POST", "/api/sales/chats/"+bobChat+"/messages/read?messages=2", "", &out)
	if len(out.IDs) != 2 || !strings.HasSuffix(out.IDs[0], all[4]) || !strings.HasSuffix(out.IDs[1], all[3]) {
		t.Errorf("the newest two: %v", out.IDs)
	}
	_, err := w.bob.Expect(w.ctx, simulator.Receipt("read", all[4]))
	w.ok(err)
	id, err := w.bob.SendText(w.ctx, w.alice, "one more")
	w.ok(err)
	w.arrived(bobChat, id)
	w.do(201, "POST", "/api/sales/chats/"+bobChat+"/messages/read", map[string]int{"messages": 30, "days": 7}, &out)
	if len(out.IDs) == 0 || !strings.HasSuffix(out.IDs[0], id) {
		t.Errorf("the rest: %v", out.IDs)
	}
	if c := w.chats("")[bobChat]; c.UnreadCount != 0 {
		t.Errorf("%d are unread", c.UnreadCount)
	}
	w.do(201, "POST", "/api/sales/chats/"+bobChat+"/messages/read", "{}", &out)
	if len(out.IDs) != 0 {
		t.Errorf("nothing is left: %v", out.IDs)
	}
}

// Rows 11 and 12: pin and unpin.
func TestPin(t *testing.T) {
	w := paired(t)
	m := w.sent("remember")
	stanza := strings.Split(m.ID, "_")[2]
	pinOf := func(kind waE2E.PinInChatMessage_Type, seconds uint32) func(simulator.Received) bool {
		return func(r simulator.Received) bool {
			p := r.Message.GetPinInChatMessage()
			return p.GetType() == kind && p.GetKey().GetID() == stanza && r.Message.GetMessageContextInfo().GetMessageAddOnDurationInSecs() == seconds
		}
	}
	for _, seconds := range []uint32{86400, 604800, 2592000} {
		var out struct{ Success bool }
		w.do(201, "POST", path(m)+"/pin", map[string]uint32{"duration": seconds}, &out)
		_, err := w.bob.Expect(w.ctx, pinOf(waE2E.PinInChatMessage_PIN_FOR_ALL, seconds))
		w.ok(err)
		if !out.Success {
			t.Error("no success")
		}
	}
	stored, err := w.store.Message(w.ctx, bobChat, stanza)
	w.ok(err)
	if left := time.Until(time.Unix(stored.PinnedUntil, 0)); left < 29*24*time.Hour || left > 30*24*time.Hour {
		t.Errorf("pinned for %s", left)
	}
	w.do(201, "POST", path(m)+"/unpin", nil, nil)
	_, err = w.bob.Expect(w.ctx, func(r simulator.Received) bool {
		return r.Message.GetPinInChatMessage().GetType() == waE2E.PinInChatMessage_UNPIN_FOR_ALL
	})
	w.ok(err)
	if stored, err = w.store.Message(w.ctx, bobChat, stanza); err != nil || stored.PinnedUntil != 0 {
		t.Errorf("pinned until %d, %v", stored.PinnedUntil, err)
	}
}

// Row 13: edit a text and a caption.
func TestEdit(t *testing.T) {
	w := paired(t)
	m := w.sent("Hello wrold")
	var out wire.Sent
	w.do(200, "PUT", path(m), map[string]any{"text": "Hello, world!", "linkPreview": false}, &out)
	if out.ID == "" || out.Data == nil {
		t.Errorf("answer %+v", out)
	}
	edited := func(text string) func(simulator.Received) bool {
		return func(r simulator.Received) bool { return r.Edit == "1" && r.Text() == text }
	}
	_, err := w.bob.Expect(w.ctx, edited("Hello, world!"))
	w.ok(err)
	if again := w.arrived(bobChat, strings.Split(m.ID, "_")[2]); again.Body != "Hello, world!" {
		t.Errorf("body %q", again.Body)
	}

	id, err := w.alice.SendImage(w.ctx, w.bob, []byte("\xff\xd8\xffphoto"), "Captoin")
	w.ok(err)
	w.do(200, "PUT", path(w.arrived(bobChat, id)), map[string]any{"text": "Caption"}, nil)
	_, err = w.bob.Expect(w.ctx, edited("Caption"))
	w.ok(err)
	if again := w.arrived(bobChat, id); again.Body != "Caption" || !again.HasMedia {
		t.Errorf("after the edit: %+v", again)
	}

	// Too old, or somebody else's: no.
	id, err = w.alice.SendText(w.ctx, w.bob, "old", simulator.WithTime(time.Now().Add(-time.Hour)))
	w.ok(err)
	if status, body := w.call("PUT", path(w.arrived(bobChat, id)), map[string]any{"text": "x"}); status != 422 {
		t.Errorf("beyond the window: %d %s", status, body)
	}
	id, err = w.bob.SendText(w.ctx, w.alice, "theirs")
	w.ok(err)
	if status, body := w.call("PUT", path(w.arrived(bobChat, id)), map[string]any{"text": "x"}); status != 400 {
		t.Errorf("somebody else's: %d %s", status, body)
	}
}

// Row 14: delete for everyone.
func TestRevoke(t *testing.T) {
	w := paired(t)
	m := w.sent("oops")
	var out wire.Sent
	w.do(200, "DELETE", path(m), nil, &out)
	_, err := w.bob.Expect(w.ctx, func(r simulator.Received) bool {
		return r.Edit == "7" && r.Message.GetProtocolMessage().GetKey().GetID() == strings.Split(m.ID, "_")[2]
	})
	w.ok(err)
	if out.ID == "" || len(w.events(chat.EventMessageRevoked)) != 1 {
		t.Errorf("answer %+v, %d events", out, len(w.events(chat.EventMessageRevoked)))
	}
}

// Reads go on while WhatsApp is out of reach; what needs it says so.
func TestDisconnected(t *testing.T) {
	w := paired(t)
	id, err := w.bob.SendText(w.ctx, w.alice, "hello")
	w.ok(err)
	w.arrived(bobChat, id)
	var s wire.Session
	w.do(201, "POST", "/api/sessions/sales/stop", nil, &s)
	if s.Status != "STOPPED" {
		t.Errorf("status %s", s.Status)
	}
	if len(w.chats("")) != 1 || len(w.messages(bobChat, "")) != 1 {
		t.Error("reads do not work")
	}
	status, body := w.call("POST", "/api/sales/chats/"+bobChat+"/archive", nil)
	if want := `{"error":"Session status is not as expected. Try again later or restart the session","session":"sales","status":"STOPPED","expected":["WORKING"]}`; status != 422 || string(body) != want {
		t.Errorf("archive: %d %s", status, body)
	}
	w.do(201, "POST", "/api/sessions/sales/start", nil, nil)
	w.await("WORKING again", func() bool { w.get("/api/sessions/sales", &s); return s.Status == "WORKING" })
	w.do(201, "POST", "/api/sales/chats/"+bobChat+"/archive", nil, nil)
}
