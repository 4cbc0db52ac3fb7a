package api

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/wire"
	"github.com/wasession/wasession/test/simulator"
)

// limitedTo is a paired world whose session sends under limits.
func limitedTo(t *testing.T, limits v1.Sending) *world {
	t.Helper()
	w := newWorld(t)
	w.config.Sending = &limits
	w.run()
	w.scan()
	return w
}

// text sends a text, which is accepted, and returns the answer.
func (w *world) text(chatID, text string, headers ...string) (sent wire.Message) {
	w.Helper()
	resp, answer := w.raw("POST", "/api/sendText", map[string]any{"session": name, "chatId": chatID, "text": text}, headers...)
	if resp.StatusCode != http.StatusCreated {
		w.Fatalf("%s: %d %s", text, resp.StatusCode, answer)
	}
	w.ok(json.Unmarshal(answer, &sent))
	return sent
}

// pending sends texts that are to wait, and returns their IDs.
func (w *world) pending(chatID string, texts ...string) (ids []string) {
	w.Helper()
	for _, text := range texts {
		sent := w.text(chatID, text)
		if sent.Ack != chat.AckPending || sent.AckName != "PENDING" {
			w.Errorf("%s was sent at once, with ack %s", text, sent.AckName)
		}
		ids = append(ids, sent.ID)
	}
	return ids
}

func (w *world) sendingPlan() (plan wire.Sending) {
	w.Helper()
	w.get("/api/sales/sending", &plan)
	return plan
}

// waiting are the IDs of what waits.
func (w *world) waiting() (ids []string) {
	w.Helper()
	for _, m := range w.sendingPlan().Waiting {
		ids = append(ids, m.ID)
	}
	return ids
}

// reconfigure changes the limits of the running session.
func (w *world) reconfigure(limits *v1.Sending) {
	w.Helper()
	w.config.Sending = limits
	encoded, err := json.Marshal(w.config)
	w.ok(err)
	w.session.Configure(w.config, v1.ConfigHash(encoded), nil)
}

// textsOf are those that reached a phone, in order, each message once.
func textsOf(phone *simulator.User) (all []string) {
	seen := map[string]bool{}
	for _, r := range phone.Inbox() {
		if text := r.Text(); r.Kind == simulator.KindMessage && text != "" && !seen[r.ID] {
			seen[r.ID] = true
			all = append(all, text)
		}
	}
	return all
}

func TestMessagesBeyondTheLimitWait(t *testing.T) {
	w := limitedTo(t, v1.Sending{PerMinute: 2})
	for _, text := range []string{"one", "two"} {
		if sent := w.text(bobChat, text); sent.Ack != chat.AckServer {
			t.Errorf("%s has ack %s", text, sent.AckName)
		}
	}
	began := time.Now()
	ids := w.pending(bobChat, "three", "four")
	ids = append(ids, w.pending(carolChat, "five")...)

	plan := w.sendingPlan()
	if plan.Limits == nil || plan.Limits.PerMinute != 2 || plan.PausedUntil != nil || len(plan.Waiting) != 3 {
		t.Fatalf("the plan is %+v", plan)
	}
	for i, m := range plan.Waiting {
		// The first two follow within a minute of those that were sent, the third after another.
		earliest := began.Add(time.Duration(i/2)*time.Minute + 30*time.Second)
		if m.ID != ids[i] || m.NewContact != (i == 2) || m.Tried || time.Unix(m.DueAt, 0).Before(earliest) || time.Unix(m.DueAt, 0).After(earliest.Add(time.Minute)) {
			t.Errorf("waiting message %d is %+v, want %s", i, m, ids[i])
		}
	}
	// They are in their chats, and an event has told of them.
	var stored []wire.Message
	w.get("/api/sales/chats/"+bobChat+"/messages?filter.ack=PENDING&limit=10", &stored)
	if len(stored) != 2 || stored[0].Body != "four" || stored[1].ID != ids[0] {
		t.Errorf("the chat has %+v", stored)
	}
	_, err := w.bob.Expect(w.ctx, simulator.Text("two"))
	w.ok(err)
	if got := textsOf(w.bob); !slices.Equal(got, []string{"one", "two"}) {
		t.Errorf("Bob has got %v", got)
	}
	if n := len(w.events(chat.EventMessageAny)); n != 5 {
		t.Errorf("%d events message.any, want one for each", n)
	}

	// Other limits apply at once, to what waits too.
	w.reconfigure(&v1.Sending{PerMinute: 100})
	_, err = w.carol.Expect(w.ctx, simulator.Text("five"))
	w.ok(err)
	_, err = w.bob.Expect(w.ctx, simulator.Text("four"))
	w.ok(err)
	if got := textsOf(w.bob); !slices.Equal(got, []string{"one", "two", "three", "four"}) {
		t.Errorf("Bob has got %v", got)
	}
	w.await("nothing to wait", func() bool { return len(w.waiting()) == 0 })
	for _, id := range ids {
		stanza := id[strings.LastIndex(id, "_")+1:]
		w.await("the ack of "+id, func() bool {
			m, err := w.store.Message(w.ctx, "", stanza)
			return err == nil && m.Ack >= chat.AckServer
		})
	}
}

// A contact that must wait holds no other back, and keeps the order of its messages.
func TestOneContactHoldsNoOtherBack(t *testing.T) {
	w := limitedTo(t, v1.Sending{PerContactPerMinute: 1})
	w.text(bobChat, "one")
	w.pending(bobChat, "two", "three")
	if sent := w.text(carolChat, "hello"); sent.Ack != chat.AckServer {
		t.Errorf("Carol's message has ack %s", sent.AckName)
	}
	group := w.sim.AddGroup("Friends", w.alice, w.bob)
	if sent := w.text(group.JID().String(), "all"); sent.Ack != chat.AckServer {
		t.Errorf("the group's message has ack %s", sent.AckName)
	}
	w.pending(group.JID().String(), "all of you")
	w.reconfigure(nil)
	_, err := w.bob.Expect(w.ctx, simulator.Text("three"))
	w.ok(err)
	direct := slices.DeleteFunc(textsOf(w.bob), func(s string) bool { return strings.HasPrefix(s, "all") })
	if !slices.Equal(direct, []string{"one", "two", "three"}) {
		t.Errorf("Bob has got %v", direct)
	}
	_, err = w.bob.Expect(w.ctx, simulator.Text("all of you"))
	w.ok(err)
	if plan := w.sendingPlan(); plan.Limits != nil {
		t.Errorf("limits without any: %+v", plan.Limits)
	}
}

func TestNewContactsWait(t *testing.T) {
	w := limitedTo(t, v1.Sending{NewContactsPerDay: 1, WarmUpSeconds: 14 * 86400})
	w.text(bobChat, "hello")
	ids := w.pending(carolChat, "hello")
	w.text(bobChat, "again")
	plan := w.sendingPlan()
	if plan.Limits.WarmUpUntil == nil || len(plan.Waiting) != 1 || !plan.Waiting[0].NewContact ||
		time.Until(time.Unix(plan.Waiting[0].DueAt, 0)) < 23*time.Hour {
		t.Fatalf("the plan is %+v", plan)
	}
	// Who writes is no new contact any more.
	_, err := w.carol.SendText(w.ctx, w.alice, "hi")
	w.ok(err)
	got, err := w.carol.Expect(w.ctx, simulator.Text("hello"))
	w.ok(err)
	if !strings.HasSuffix(ids[0], got.ID) {
		t.Errorf("the message went out as %s, not %s", got.ID, ids[0])
	}
}

// Files are uploaded before they wait; polls, places and contacts wait like texts.
func TestEveryKindOfMessageWaits(t *testing.T) {
	w := limitedTo(t, v1.Sending{PerMinute: 1})
	first := w.text(bobChat, "one")
	for path, body := range map[string]m{
		"/api/sendImage":        {"file": m{"data": base64.StdEncoding.EncodeToString([]byte("\x89PNG\r\n\x1a\nnot much of a picture")), "mimetype": "image/png"}, "caption": "look"},
		"/api/sendPoll":         {"poll": m{"name": "Which?", "options": []string{"A", "B"}}},
		"/api/sendLocation":     {"latitude": 52.5, "longitude": 13.4, "title": "Here"},
		"/api/sendContactVcard": {"contacts": []m{{"fullName": "Carol", "phoneNumber": "+" + carolPN}}},
		calendar:                party(bobChat, nil),
		"/api/forwardMessage":   {"messageId": first.ID},
	} {
		body["session"], body["chatId"] = name, bobChat
		var sent wire.Message
		w.do(http.StatusCreated, "POST", path, body, &sent)
		if sent.AckName != "PENDING" {
			t.Errorf("%s has ack %s", path, sent.AckName)
		}
	}
	// What is no message of its own goes at once.
	w.do(http.StatusOK, "PUT", "/api/reaction", m{"session": name, "messageId": first.ID, "reaction": "👍"}, nil)
	w.do(http.StatusOK, "PUT", "/api/sales/chats/"+bobChat+"/messages/"+first.ID, m{"text": "one, edited"}, nil)
	w.reconfigure(nil)
	for what, matches := range map[string]func(r simulator.Received) bool{
		"image": func(r simulator.Received) bool { return r.Message.GetImageMessage().GetCaption() == "look" },
		"poll": func(r simulator.Received) bool {
			return r.Message.GetPollCreationMessage() != nil || r.Message.GetPollCreationMessageV3() != nil
		},
		"location": func(r simulator.Received) bool { return r.Message.GetLocationMessage().GetName() == "Here" },
		"event":    func(r simulator.Received) bool { return r.Message.GetEventMessage().GetName() == "Party" },
		"contact":  func(r simulator.Received) bool { return r.Message.GetContactMessage() != nil },
		"forward": func(r simulator.Received) bool {
			return r.Message.GetExtendedTextMessage().GetContextInfo().GetIsForwarded()
		},
	} {
		got, err := w.bob.Expect(w.ctx, matches)
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if what == "image" {
			if content, err := w.sim.Download(got.Message); err != nil || len(content) == 0 {
				t.Errorf("the image is %d bytes, %v", len(content), err)
			}
		}
	}
}

func TestMessagesThatWaitAreCancelled(t *testing.T) {
	w := limitedTo(t, v1.Sending{PerMinute: 1})
	w.text(bobChat, "one")
	ids := w.pending(bobChat, "two", "three", "four", "five")
	carols := w.pending(carolChat, "hello")
	w.do(http.StatusOK, "DELETE", "/api/sales/chats/"+bobChat+"/messages/"+ids[0], nil, nil)
	w.do(http.StatusOK, "DELETE", "/api/sales/sending/"+ids[1], nil, nil)
	w.do(http.StatusOK, "DELETE", "/api/sales/sending/"+carols[0][strings.LastIndex(carols[0], "_")+1:], nil, nil)
	if got := w.waiting(); !slices.Equal(got, ids[2:]) {
		t.Errorf("%v wait, want %v", got, ids[2:])
	}
	if status, answer := w.call("DELETE", "/api/sales/sending/"+ids[1], nil); status != http.StatusNotFound {
		t.Errorf("a second time: %d %s", status, answer)
	}
	// What never was leaves no chat behind; the others know.
	var all []wire.Chat
	w.get("/api/sales/chats", &all)
	if slices.ContainsFunc(all, func(c wire.Chat) bool { return c.ID == carolChat }) {
		t.Errorf("Carol's chat is left: %+v", all)
	}
	if n := len(w.events(chat.EventMessageRevoked)); n != 3 {
		t.Errorf("%d events message.revoked, want 3", n)
	}
	// Nobody can be told of a message that waits.
	for _, c := range []struct {
		method, path string
		body         m
	}{
		{"PUT", "/api/sales/chats/" + bobChat + "/messages/" + ids[2], m{"text": "other"}},
		{"POST", "/api/sales/chats/" + bobChat + "/messages/" + ids[2] + "/pin", m{"duration": 86400}},
		{"PUT", "/api/reaction", m{"session": name, "messageId": ids[2], "reaction": "👍"}},
	} {
		if message, _ := w.refused(http.StatusUnprocessableEntity, c.method, c.path, c.body); !strings.Contains(message, "still waits") {
			t.Errorf("%s %s: %s", c.method, c.path, message)
		}
	}
	var cancelled wire.Canceled
	w.do(http.StatusOK, "DELETE", "/api/sales/sending", nil, &cancelled)
	if cancelled.Canceled != 2 || len(w.waiting()) != 0 {
		t.Errorf("cancelled %+v, left %v", cancelled, w.waiting())
	}
	w.reconfigure(nil)
	w.text(bobChat, "last")
	_, err := w.bob.Expect(w.ctx, simulator.Text("last"))
	w.ok(err)
	if got := textsOf(w.bob); !slices.Equal(got, []string{"one", "last"}) {
		t.Errorf("Bob has got %v", got)
	}
}

// A status is no message to a contact.
func TestStatusesDoNotWait(t *testing.T) {
	w := limitedTo(t, v1.Sending{PerMinute: 1, NewContactsPerDay: 1})
	w.text(bobChat, "one")
	w.pending(bobChat, "two")
	w.publish("text", m{"text": "open today", "contacts": []string{bobPN}})
	_, err := w.bob.Expect(w.ctx, simulator.Text("open today"))
	w.ok(err)
}

// A request is known by its key also while its message waits, and a client that comes
// back for its answer gets it.
func TestWaitingMessagesAreSentOnce(t *testing.T) {
	w := limitedTo(t, v1.Sending{PerMinute: 1})
	w.text(bobChat, "one")
	first := w.text(bobChat, "two", "Idempotency-Key", "k")
	again := w.text(bobChat, "two", "Idempotency-Key", "k")
	if first.ID != again.ID || again.AckName != "PENDING" || len(w.waiting()) != 1 {
		t.Errorf("%s, then %s %s; %v wait", first.ID, again.ID, again.AckName, w.waiting())
	}
}

// What fails later is told by an event, and does not stop the others.
func TestMessagesThatFailLater(t *testing.T) {
	w := limitedTo(t, v1.Sending{PerMinute: 1})
	w.text(bobChat, "one")
	nobody := w.pending("15559998888", "is anybody there?")
	refused := w.pending(bobChat, "two")
	w.pending(bobChat, "three")
	w.sim.Faults().RejectMessages(463, 1)
	w.reconfigure(nil)
	_, err := w.bob.Expect(w.ctx, simulator.Text("three"))
	w.ok(err)
	w.await("nothing to wait", func() bool { return len(w.waiting()) == 0 })
	failed := map[string]bool{}
	for _, payload := range w.events(chat.EventMessageAck) {
		var ack struct {
			ID      string
			AckName string
		}
		w.ok(json.Unmarshal(payload, &ack))
		if ack.AckName == "ERROR" {
			failed[ack.ID] = true
		}
	}
	if len(failed) != 2 || !failed[nobody[0]] || !failed[refused[0]] {
		t.Errorf("failed %v, want %s and %s", failed, nobody, refused)
	}
}

// When WhatsApp says that it is too much, what waits goes on waiting.
func TestSendingPausesWhenWhatsAppSaysSo(t *testing.T) {
	w := limitedTo(t, v1.Sending{PerMinute: 1})
	w.text(bobChat, "one")
	ids := w.pending(bobChat, "two", "three")
	w.sim.Faults().RejectMessages(429, -1)
	w.reconfigure(&v1.Sending{PerMinute: 100})
	w.await("the pause", func() bool { return w.sendingPlan().PausedUntil != nil })
	plan := w.sendingPlan()
	if left := time.Until(time.Unix(*plan.PausedUntil, 0)); left > time.Minute || left < 30*time.Second {
		t.Errorf("paused for %s, want a minute", left)
	}
	if len(plan.Waiting) != 2 || plan.Waiting[0].ID != ids[0] || plan.Waiting[0].Tried {
		t.Errorf("waiting %+v", plan.Waiting)
	}
	// A new one joins them, although the limits have room.
	w.pending(carolChat, "four")
	if requests, _ := w.session.Limited(); requests != 1 {
		t.Errorf("%d requests were limited, want 1", requests)
	}
}

// Without limits nothing overtakes what still waits in its chat.
func TestMessagesFollowThoseThatStillWait(t *testing.T) {
	w := limitedTo(t, v1.Sending{PerMinute: 1})
	w.text(bobChat, "one")
	_, err := w.bob.Expect(w.ctx, simulator.Text("one"))
	w.ok(err)
	ids := w.pending(bobChat, "two", "three")
	w.sim.Faults().RejectMessages(429, 1)
	w.reconfigure(nil)
	w.await("the pause", func() bool { return w.sendingPlan().PausedUntil != nil })
	ids = append(ids, w.pending(bobChat, "four")...)
	if sent := w.text(carolChat, "hello"); sent.Ack != chat.AckServer {
		t.Errorf("Carol's message has ack %s", sent.AckName)
	}
	if got := w.waiting(); !slices.Equal(got, ids) {
		t.Errorf("%v wait, want %v", got, ids)
	}
	if got := textsOf(w.bob); !slices.Equal(got, []string{"one"}) {
		t.Errorf("Bob has got %v", got)
	}
}

func TestTheQueueIsBounded(t *testing.T) {
	w := limitedTo(t, v1.Sending{PerMinute: 1})
	w.text(bobChat, "one")
	for i := range 1000 {
		w.ok(w.store.Apply(w.ctx, chat.SendQueued{Message: chat.Message{
			Chat: bobChat, Stanza: fmt.Sprintf("Q%d", i), FromMe: true, FromAPI: true, Type: chat.TypeText, Body: "later", Timestamp: time.Now().Unix(),
		}}))
	}
	message, wait := w.refused(http.StatusTooManyRequests, "POST", "/api/sendText", m{"session": name, "chatId": bobChat, "text": "too many"})
	if !strings.HasPrefix(message, "1000 messages wait to be sent") || wait == "" || wait == "0" {
		t.Errorf("%q, Retry-After %q", message, wait)
	}
	if requests, _ := w.session.Limited(); requests != 0 {
		t.Errorf("that counts as %d limits of WhatsApp", requests)
	}
	w.do(http.StatusOK, "DELETE", "/api/sales/sending", nil, nil)
	w.pending(bobChat, "two")
}

// Sends without limits leave nothing behind that limits would need.
func TestSendsWithoutLimitsGoAtOnce(t *testing.T) {
	w := paired(t)
	for i := range 5 {
		if sent := w.text(bobChat, fmt.Sprint(i)); sent.Ack != chat.AckServer {
			t.Errorf("message %d has ack %s", i, sent.AckName)
		}
	}
	state, err := w.store.Sending(context.WithoutCancel(w.ctx), true)
	w.ok(err)
	if len(state.Sent) != 0 || len(state.Waiting) != 0 || state.Since.IsZero() {
		t.Errorf("the store has %+v", state)
	}
}
