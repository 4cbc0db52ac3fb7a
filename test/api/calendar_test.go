package api

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"go.mau.fi/whatsmeow/proto/waCommon"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"google.golang.org/protobuf/proto"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/wire"
	"github.com/wasession/wasession/test/simulator"
)

const calendar = "/api/sales/events"

// party is the body of an event of a calendar.
func party(chatID string, more m) m {
	event := m{"name": "Party", "startTime": 2063137000, "endTime": nil, "location": m{"name": "Roof"}, "extraGuestsAllowed": true}
	for k, v := range more {
		event[k] = v
	}
	return m{"chatId": chatID, "reply_to": nil, "event": event}
}

// responses are the events of answers so far.
func (w *world) responses(event string) []wire.EventResponse {
	w.Helper()
	return decoded[wire.EventResponse](w, event)
}

// responded waits for the nth answer and returns it.
func (w *world) responded(n int) wire.EventResponse {
	w.Helper()
	var all []wire.EventResponse
	w.await("an answer", func() bool { all = w.responses(chat.EventCalendarResponse); return len(all) >= n })
	if all[n-1].Answer == nil {
		w.Fatalf("without an answer: %+v", all[n-1])
	}
	return all[n-1]
}

func TestAnEventAndItsAnswers(t *testing.T) {
	w := paired(t)
	meta := make(chan string, 100)
	stop := w.sim.Faults().Drop(func(s simulator.Stanza) bool {
		if s.Direction == simulator.FromClient && s.Node.Tag == "message" {
			child := s.Node.GetChildByTag("meta")
			meta <- child.AttrGetter().OptionalString("event_type")
		}
		return false
	})
	sent := w.send(calendar, party(bobChat, m{"description": "Bring *cake*", "endTime": 2063140600}))
	stop()
	if got := <-meta; got != "creation" {
		t.Errorf("beside the message it says %q", got)
	}
	got := w.received(w.bob, sent)
	if e := got.GetEventMessage(); e.GetName() != "Party" || e.GetDescription() != "Bring *cake*" || e.GetStartTime() != 2063137000 ||
		e.GetEndTime() != 2063140600 || e.GetLocation().GetName() != "Roof" || !e.GetExtraGuestsAllowed() || e.GetIsCanceled() ||
		len(got.GetMessageContextInfo().GetMessageSecret()) != 32 {
		t.Errorf("Bob received %v", got)
	}
	if rows := w.messages(bobChat, ""); len(rows) != 1 || rows[0].Body != "Party" || rows[0].ID != sent.ID {
		t.Errorf("rows %+v", rows)
	}
	event, n := stanzaOf(sent.ID), 0
	for name, addressing := range addressings {
		id, err := w.bob.Respond(w.ctx, event, waE2E.EventResponseMessage_GOING, 2, simulator.WithAddressing(addressing))
		w.ok(err)
		n++
		got := w.responded(n)
		if got.ID != "false_"+bobChat+"_"+id || got.From != bobChat || got.FromMe || got.Answer.Response != chat.EventGoing ||
			got.Answer.Guests != 2 || got.Answer.At == 0 || got.Event.ID != sent.ID || !got.Event.FromMe {
			t.Errorf("addressed by %s: %+v %+v", name, got, got.Answer)
		}
	}
	// A phone may encrypt with LIDs, too.
	_, err := w.bob.Respond(w.ctx, event, waE2E.EventResponseMessage_MAYBE, 0, simulator.SealedAs(simulator.AddressLID, simulator.AddressLID))
	w.ok(err)
	n++
	if got := w.responded(n); got.Answer.Response != chat.EventMaybe {
		t.Errorf("sealed with LIDs: %+v", got.Answer)
	}
	w.do(http.StatusCreated, "POST", "/api/sessions/sales/restart", nil, nil)
	_, err = w.bob.Respond(w.ctx, event, waE2E.EventResponseMessage_NOT_GOING, 0)
	w.ok(err)
	if got := w.responded(n + 1); got.Answer.Response != chat.EventNotGoing || got.Answer.Guests != 0 {
		t.Errorf("after a restart: %+v", got.Answer)
	}
	// What is hostile in an answer stays within bounds.
	_, err = w.bob.Respond(w.ctx, event, 77, -5)
	w.ok(err)
	if got := w.responded(n + 2); got.Answer.Response != chat.EventUnknown || got.Answer.Guests != 0 {
		t.Errorf("a made up answer: %+v", got.Answer)
	}
	if rows, failed := w.messages(bobChat, ""), w.responses(chat.EventCalendarResponseFailed); len(rows) != 1 || len(failed) != 0 {
		t.Errorf("%d rows, failed %+v", len(rows), failed)
	}
}

func TestEventsInAGroup(t *testing.T) {
	for name, addressing := range map[string]simulator.Addressing{"LID": simulator.AddressLID, "number": simulator.AddressPN} {
		t.Run(name, func(t *testing.T) {
			w := paired(t)
			g := w.sim.AddGroup("Lunch", w.bob, w.alice, w.carol)
			g.SetAddressing(addressing)
			id := g.JID().String()
			question, err := w.bob.SendGroupText(w.ctx, g, "when?")
			w.ok(err)
			body := party(id, nil)
			body["reply_to"] = w.arrived(id, question).ID
			sent := w.send(calendar, body)
			if got := w.received(w.carol, sent).GetEventMessage(); got.GetContextInfo().GetStanzaID() != question {
				t.Errorf("Carol received %v", got)
			}
			_, err = w.carol.Respond(w.ctx, stanzaOf(sent.ID), waE2E.EventResponseMessage_MAYBE, 0)
			w.ok(err)
			got := w.responded(1)
			if got.From != id || got.Participant == nil || *got.Participant != carolPN+"@c.us" || got.Answer.Response != chat.EventMaybe || got.Event.ID != sent.ID {
				t.Errorf("Carol's answer %+v", got)
			}
			// An event of another member, to which a third answers, and the own phone.
			bobs, err := w.bob.SendGroup(w.ctx, g, simulator.EventMessage("Lunch", time.Unix(2063137000, 0)))
			w.ok(err)
			row := w.arrived(id, bobs)
			if row.Body != "Lunch" {
				t.Errorf("Bob's event %+v", row)
			}
			_, err = w.carol.Respond(w.ctx, bobs, waE2E.EventResponseMessage_GOING, 0)
			w.ok(err)
			if got := w.responded(2); got.Event.ID != row.ID || got.Event.FromMe || got.Answer.Response != chat.EventGoing {
				t.Errorf("Carol's answer to Bob %+v", got)
			}
			_, err = w.alice.Respond(w.ctx, bobs, waE2E.EventResponseMessage_NOT_GOING, 0)
			w.ok(err)
			if got := w.responded(3); !got.FromMe || got.Event.ID != row.ID || got.Answer.Response != chat.EventNotGoing {
				t.Errorf("the answer of the own phone %+v", got)
			}
		})
	}
}

func TestEventsThatCannotBeSent(t *testing.T) {
	w := paired(t)
	for _, c := range []struct {
		body m
		says string
	}{
		{party("", nil), "chatId"},
		{m{"chatId": bobChat}, "event.name should not be empty"},
		{party(bobChat, m{"name": ""}), "event.name should not be empty"},
		{party(bobChat, m{"name": strings.Repeat("n", 256)}), "event.name"},
		{party(bobChat, m{"description": strings.Repeat("n", 2049)}), "event.description"},
		{party(bobChat, m{"location": m{"name": strings.Repeat("n", 256)}}), "event.location.name"},
		{party(bobChat, m{"startTime": "tomorrow"}), "event.startTime must be"},
		{party(bobChat, m{"startTime": nil}), "event.startTime should not be empty"},
		{party(bobChat, m{"startTime": 2063137000000}), "event.startTime must be in unix seconds"},
		{party(bobChat, m{"endTime": 2063137000000}), "event.endTime must be in unix seconds"},
		{party(bobChat, m{"endTime": 2063136999}), "event.endTime must not be before event.startTime"},
		{party("status@broadcast", nil), "chatId must be the ID of a person or a group"},
		{party("1203@newsletter", nil), "chatId must be the ID of a person or a group"},
	} {
		if status, body := w.call("POST", calendar, c.body); status != 400 || !strings.Contains(string(body), c.says) {
			t.Errorf("%v: %d %s, want %s", c.body, status, body, c.says)
		}
	}
	// The same request with the same ID is one event.
	body := party(bobChat, m{"location": nil})
	body["id"] = "3EB0000000000000000001"
	first, again := w.send(calendar, body), w.send(calendar, body)
	if first.ID != again.ID || w.received(w.bob, first).GetEventMessage().GetLocation() != nil {
		t.Errorf("%s and %s", first.ID, again.ID)
	}
}

// Whatever is wrong with an answer, it is told, and holds up nothing.
func TestAnswersThatCannotBeDecrypted(t *testing.T) {
	w := paired(t)
	sent := w.send(calendar, party(bobChat, nil))
	w.received(w.bob, sent)
	companion := w.alice.Companions()[0]
	forged := func(event string, nonce int) *waE2E.Message {
		return &waE2E.Message{EncEventResponseMessage: &waE2E.EncEventResponseMessage{
			EventCreationMessageKey: &waCommon.MessageKey{ID: &event, FromMe: proto.Bool(false), RemoteJID: proto.String(w.alice.LID().String())},
			EncPayload:              make([]byte, 40), EncIV: make([]byte, nonce),
		}}
	}
	for name, msg := range map[string]*waE2E.Message{
		"garbage": forged(stanzaOf(sent.ID), 12), "a nonce that is too short": forged(stanzaOf(sent.ID), 3), "an unknown event": forged("3EB0NONE", 12),
	} {
		before := len(w.responses(chat.EventCalendarResponseFailed))
		id, err := w.bob.Send(w.ctx, w.alice, msg)
		w.ok(err)
		w.await(name, func() bool { return len(w.responses(chat.EventCalendarResponseFailed)) == before+1 })
		if got := w.responses(chat.EventCalendarResponseFailed)[before]; got.ID != "false_"+bobChat+"_"+id || got.Answer != nil {
			t.Errorf("%s: %+v", name, got)
		}
		w.ok(companion.WaitAcked(w.ctx, id))
	}
	none, err := w.bob.Send(w.ctx, w.alice, &waE2E.Message{EncEventResponseMessage: &waE2E.EncEventResponseMessage{}})
	w.ok(err)
	w.ok(companion.WaitAcked(w.ctx, none))
	_, err = w.bob.Respond(w.ctx, stanzaOf(sent.ID), waE2E.EventResponseMessage_GOING, 0)
	w.ok(err)
	if got := w.responded(1); got.Event.ID != sent.ID || len(w.messages(bobChat, "")) != 1 {
		t.Errorf("after all that: %+v", got)
	}
}
