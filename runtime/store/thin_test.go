package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wasession/wasession/runtime/chat"
)

// whole encodes everything of a message that events show.
func whole(e chat.Event) ([]byte, error) {
	type shown struct {
		ID, Participant, Sender, Body, Raw string
		Ack                                chat.Ack
		EditedAt                           int64
		Reply                              *chat.Reply
	}
	one := func(m *chat.Message) *shown {
		if m == nil {
			return nil
		}
		return &shown{m.ID().String(), string(m.Participant), m.SenderName, m.Body, string(m.Raw), m.Ack, m.EditedAt, m.ReplyTo}
	}
	return json.Marshal(map[string]any{"name": e.Name, "before": one(e.Before), "after": one(e.After)})
}

// Events show what they showed when they happened, whatever happens to their
// messages, and also after a restart.
func TestEventsKeepWhatTheyShowed(t *testing.T) {
	for seed := range uint64(20) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "chats.db")
			s, err := Open(t.Context(), path, Options{Encode: whole})
			if err != nil {
				t.Fatal(err)
			}
			must(s.Webhook(t.Context(), "a"))(t)
			showed := map[string]string{}
			var order []string
			from := int64(0)
			r := rand.New(rand.NewPCG(seed, 1))
			for i := range 150 {
				apply(t, s, someChange(r, i))
				for _, e := range must(s.EventsFrom(t.Context(), from, 0))(t) {
					showed[e.ID], from = e.Name+" "+string(e.Payload), e.Seq
					order = append(order, e.ID)
				}
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			s = reopen(t, path, Options{Encode: whole})
			events := must(s.EventsFrom(t.Context(), 0, 0))(t)
			if len(events) != len(order) {
				t.Fatalf("%d events, want %d", len(events), len(order))
			}
			for i, e := range events {
				if e.ID != order[i] || e.Problem != nil || e.Name+" "+string(e.Payload) != showed[e.ID] {
					t.Errorf("event %s shows\n%s %s (%v), but showed\n%s", e.ID, e.Name, e.Payload, e.Problem, showed[e.ID])
				}
			}
			// Also as dead letters.
			must(s.Prune(t.Context(), chat.OutboxRules{Now: time.Now(), Retention: time.Hour, MaxEvents: 1}))(t)
			apply(t, s, chat.ChatCleared{Chat: bob}, chat.ChatCleared{Chat: lunch})
			for _, d := range must(s.Deliveries(t.Context(), chat.DeliveryQuery{State: chat.DeliveryFailed}))(t) {
				if d.Event.Problem != nil || d.Event.Name+" "+string(d.Event.Payload) != showed[d.Event.ID] {
					t.Errorf("dead letter %s shows\n%s (%v), but showed\n%s", d.Event.ID, d.Event.Payload, d.Event.Problem, showed[d.Event.ID])
				}
			}
		})
	}
}

const lunch = chat.ID("12036300000000@g.us")

// someChange returns a change of one of a few messages in two chats.
func someChange(r *rand.Rand, i int) chat.Change {
	stanza := fmt.Sprint("M", r.IntN(20))
	place := []chat.ID{bob, bobLID, lunch}[r.IntN(3)]
	m := chat.Message{
		Chat: place, Arrived: place, Stanza: stanza, FromMe: r.IntN(3) == 0, Timestamp: int64(1000 + i), Type: chat.TypeText,
		Body: strings.Repeat(fmt.Sprint("words ", i, " "), r.IntN(8)), SenderName: fmt.Sprint("Bob ", r.IntN(3)), Ack: chat.AckServer,
	}
	m.Raw = []byte("head " + m.Body + " tail")
	if place == lunch {
		m.Participant = []chat.ID{bob, bobLID, "15550003333@c.us"}[r.IntN(3)]
	}
	edit := m
	edit.Stanza = fmt.Sprint("E", i)
	switch r.IntN(12) {
	case 0:
		return chat.Edited{Message: edit, Target: stanza}
	case 1:
		return chat.Revoked{Message: edit, Target: stanza}
	case 2:
		return chat.AckChanged{Chat: place, Participant: m.Participant, Stanzas: []string{stanza}, Ack: chat.AckRead, Timestamp: 2000}
	case 3:
		return chat.DeletedForMe{Chat: place, Stanza: stanza}
	case 4:
		if r.IntN(4) == 0 {
			return chat.ChatCleared{Chat: place, Timestamp: int64(1000 + i/2)}
		}
		return chat.Starred{Chat: place, Stanza: stanza, Starred: true}
	case 5:
		if i > 60 {
			return chat.LIDMapped{LID: bobLID, Phone: bob}
		}
	}
	return chat.MessageReceived{Message: m}
}

// An event shows its message as it was, even if the same transaction changed it
// afterwards.
func TestEventsOfOneTransaction(t *testing.T) {
	s := open(t, Options{Encode: whole})
	m := chat.Message{Chat: bob, Stanza: "A", Timestamp: 1, Type: chat.TypeText, Body: "first", Raw: []byte("first")}
	e := m
	e.Stanza, e.Body, e.Timestamp = "E", "second", 2
	apply(t, s, chat.MessageReceived{Message: m}, chat.Edited{Message: e, Target: "A"})
	events := must(s.EventsFrom(t.Context(), 0, 0))(t)
	if len(events) != 3 || !strings.Contains(string(events[0].Payload), "first") || strings.Contains(string(events[0].Payload), "second") {
		t.Errorf("events %+v", events)
	}
}

// A text is stored once, whatever else refers to it.
func TestATextIsStoredOnce(t *testing.T) {
	s := open(t, Options{Encode: whole})
	must(s.Webhook(t.Context(), "a"))(t)
	size := func() int64 {
		if err := s.Maintain(context.Background()); err != nil {
			t.Fatal(err)
		}
		return s.Stats().Database
	}
	const long, short = 64 << 10, 20
	measure := func(n, length int) int64 {
		before := size()
		for i := range n {
			body := randomText(length)
			raw := append([]byte{0x0a, 0x14}, body...)
			apply(t, s, chat.MessageReceived{Message: chat.Message{
				Chat: bob, Stanza: fmt.Sprintf("3EB0%016X", i+length*1000), Timestamp: 1_700_000_000 + int64(i), Type: chat.TypeText, Body: body, Raw: raw,
			}})
		}
		return (size() - before) / int64(n)
	}
	measure(1, short)
	if each := measure(20, long); each > long*5/4 {
		t.Errorf("a text of %d bytes takes %d", long, each)
	}
	if each := measure(2000, short); each > 420 {
		t.Errorf("a short message takes %d bytes with its two events", each)
	}
}

func randomText(n int) string {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ."
	b := make([]byte, n)
	for i := range b {
		b[i] = letters[rand.IntN(len(letters))]
	}
	return string(b)
}

func TestBodyIsCutOutOfRawAndPutBack(t *testing.T) {
	for _, c := range []struct{ body, raw string }{
		{"a text that is long enough", "\x0a\x19a text that is long enough"},
		{"a text that is long enough", "head a text that is long enough tail"},
		{"a text that is long enough", "something else"},
		{"short", "short"}, {"", ""}, {"a text that is long enough", "a text that is long enough"},
	} {
		stored, at := cutBody(c.body, []byte(c.raw))
		var n = newNull(at)
		if got := string(joinBody(c.body, stored, n)); got != c.raw {
			t.Errorf("%q with %q is restored as %q", c.raw, c.body, got)
		}
	}
}

func newNull(at any) (n sql.NullInt64) {
	n.Int64, n.Valid = at.(int64)
	return n
}
