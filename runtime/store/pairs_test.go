package store

import (
	"database/sql"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/wasession/wasession/runtime/chat"
)

// The two events of a message are two to everybody: each has its place and id, and is
// settled, given up and looked at on its own.
func TestTheEventsOfAMessageAreSettledOneByOne(t *testing.T) {
	s := open(t, Options{Encode: whole})
	must(s.Webhook(t.Context(), "a"))(t)
	apply(t, s, received(bob, "A", 1), received(bob, "B", 2), sent(bob, "C", 3))
	all := must(s.EventsFrom(t.Context(), 0, 0))(t)
	var names []string
	for i, e := range all {
		names = append(names, e.Name)
		if e.Seq != int64(i+1) || i > 0 && e.ID <= all[i-1].ID {
			t.Errorf("event %d is at %d with id %s", i, e.Seq, e.ID)
		}
		for limit := range 4 {
			want := all[i+1:]
			if limit > 0 {
				want = want[:min(limit, len(want))]
			}
			if got := must(s.EventsFrom(t.Context(), e.Seq, limit))(t); !slices.Equal(idsOfEvents(got), idsOfEvents(want)) {
				t.Errorf("%d after place %d: %v, want %v", limit, e.Seq, idsOfEvents(got), idsOfEvents(want))
			}
			if got := must(s.EventsAfter(t.Context(), e.ID, limit))(t); !slices.Equal(idsOfEvents(got), idsOfEvents(want)) {
				t.Errorf("%d after %s: %v, want %v", limit, e.ID, idsOfEvents(got), idsOfEvents(want))
			}
		}
	}
	if want := []string{"message.any", "message", "message.any", "message", "message.any"}; !slices.Equal(names, want) {
		t.Errorf("events %v, want %v", names, want)
	}
	if err := s.Advance(t.Context(), "a", 0, 1); err != nil {
		t.Fatal(err)
	}
	if err := s.Retry(t.Context(), chat.Cursor{Webhook: "a", Seq: 1, Attempts: 3, RequestID: "r", LastError: "500"}); err != nil {
		t.Fatal(err)
	}
	pending := must(s.Deliveries(t.Context(), chat.DeliveryQuery{State: chat.DeliveryPending}))(t)
	if len(pending) != 4 || pending[0].Event.ID != all[1].ID || pending[0].Attempts != 3 || pending[1].Attempts != 0 ||
		string(pending[0].Event.Payload) != string(all[1].Payload) {
		t.Errorf("pending %+v", pending)
	}
	if page := must(s.Deliveries(t.Context(), chat.DeliveryQuery{State: chat.DeliveryPending, Limit: 1, Offset: 1}))(t); len(page) != 1 || page[0].Event.ID != all[2].ID {
		t.Errorf("second pending %+v", page)
	}
	if stats := must(s.OutboxStats(t.Context()))(t); stats.Events != 5 || stats.Pending["a"] != 4 {
		t.Errorf("stats %+v", stats)
	}
	// The second event of the first message is given up, then the outbox is full.
	if err := s.Deadletter(t.Context(), chat.Cursor{Webhook: "a", Seq: 1, Attempts: 15, RequestID: "r", LastError: "500"}, 2); err != nil {
		t.Fatal(err)
	}
	rules := chat.OutboxRules{Now: time.Now(), Retention: time.Hour, MaxEvents: 2}
	if p := must(s.Prune(t.Context(), rules))(t); p.DeadLetters != 2 {
		t.Errorf("pruned %+v", p)
	}
	apply(t, s, chat.Edited{Message: received(bob, "E", 9).Message, Target: "B"}, chat.DeletedForMe{Chat: bob, Stanza: "A"})
	letters := lettersOf(t, s)
	if len(letters) != 3 {
		t.Fatalf("dead letters %+v", letters)
	}
	for i, l := range letters {
		want := all[i+1]
		if l.Event.ID != want.ID || l.Event.Seq != want.Seq || l.Event.Name != want.Name || string(l.Event.Payload) != string(want.Payload) {
			t.Errorf("dead letter %d is %+v, want %+v", i, l.Event, want)
		}
	}
}

func idsOfEvents(events []chat.StoredEvent) (ids []string) {
	for _, e := range events {
		ids = append(ids, e.ID)
	}
	return ids
}

// Places and ids go on behind those of events that are gone, over restarts and
// under a clock gone back.
func TestIDsGoOnWhereTheyWere(t *testing.T) {
	c := newClock()
	path := filepath.Join(t.TempDir(), "chats.db")
	var last chat.StoredEvent
	for i := range 4 {
		s, err := Open(t.Context(), path, Options{Encode: whole, Now: c.now})
		if err != nil {
			t.Fatal(err)
		}
		apply(t, s, received(bob, fmt.Sprint("M", i), int64(i)))
		events := must(s.EventsAfter(t.Context(), last.ID, 0))(t)
		if len(events) != 2 || events[0].ID <= last.ID || events[0].Seq <= last.Seq {
			t.Fatalf("after %v: %v", last, events)
		}
		last = events[1]
		if i == 1 { // all events go
			must(s.Prune(t.Context(), chat.OutboxRules{Now: c.now().Add(time.Hour)}))(t)
			c.advance(time.Millisecond)
		} else {
			c.advance(-time.Hour)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// Events that an earlier version wrote in rows of their own keep their ids and what
// they show, and new ones come after them.
func TestThinEventsOfAnEarlierVersion(t *testing.T) {
	path := filepath.Join(t.TempDir(), "chats.db")
	db, err := sql.Open("sqlite", dsn(path, url.Values{}))
	if err != nil {
		t.Fatal(err)
	}
	if err := migrate(t.Context(), db, must(migrations())(t)[:5]); err != nil {
		t.Fatal(err)
	}
	const first, second, signal = "evt_01arz3ndektsv4rrffq69g5fav", "evt_01arz3ndektsv4rrffq69g5faw", "evt_01arz3ndektsv4rrffq69g5fax"
	for _, query := range []string{
		`INSERT INTO ids VALUES (1, '15550002222@c.us', NULL)`,
		`INSERT INTO chats (pk, id, listed) VALUES (1, '15550002222@c.us', 1)`,
		`INSERT INTO messages (chat, arrived, via_lid, stanza, from_me, participant, ts, ack, type, body, sender_name)
			VALUES (1, 1, 0, 'A', 0, 0, 10, 2, 'text', 'before', '')`,
		`INSERT INTO webhooks (key, seq) VALUES ('w', 7)`,
		`INSERT INTO outbox (seq, id, event, ts_ms, payload, message, chat, participant, ack) VALUES
			(7, '` + first + `', 'message.any', 1469922850259, x'', 1, 1, 0, 2), (8, '` + second + `', 'message', 1469922850259, x'', 1, 1, 0, 2),
			(9, '` + signal + `', 'presence.update', 1469922850259, x'7b7d', NULL, NULL, NULL, NULL)`,
	} {
		if _, err := db.ExecContext(t.Context(), query); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	c := newClock()
	c.ms.Store(1469922850259)
	s := reopen(t, path, Options{Encode: whole, Now: c.now})
	showed := must(s.EventsFrom(t.Context(), 0, 0))(t)
	if got := idsOfEvents(showed); !slices.Equal(got, []string{first, second, signal}) {
		t.Fatalf("events %v", got)
	}
	apply(t, s, chat.Edited{Message: received("15550002222@c.us", "E", 20).Message, Target: "A"}, received(bob, "B", 30))
	now := must(s.EventsFrom(t.Context(), 0, 0))(t)
	if len(now) != 6 {
		t.Fatalf("events %+v", now)
	}
	for i, e := range now {
		if i < 3 && (e.Problem != nil || string(e.Payload) != string(showed[i].Payload)) {
			t.Errorf("%s shows %s (%v), but showed %s", e.ID, e.Payload, e.Problem, showed[i].Payload)
		}
		if i > 0 && (e.ID <= now[i-1].ID || e.Seq <= now[i-1].Seq) {
			t.Errorf("%s at %d after %s at %d", e.ID, e.Seq, now[i-1].ID, now[i-1].Seq)
		}
		if after := must(s.EventsAfter(t.Context(), e.ID, 0))(t); !slices.Equal(idsOfEvents(after), idsOfEvents(now[i+1:])) {
			t.Errorf("after %s: %v", e.ID, idsOfEvents(after))
		}
	}
	if c := must(s.Webhook(t.Context(), "w"))(t); c.Seq != 7 {
		t.Errorf("cursor %+v", c)
	}
}

// All that a short text takes on disk, with its two events, indexes and the rest.
func TestAShortMessageIsSmallOnDisk(t *testing.T) {
	a := newLiveAccount(t)
	must(a.Webhook(t.Context(), "a"))(t)
	before := func() int64 {
		if err := a.Maintain(t.Context()); err != nil {
			t.Fatal(err)
		}
		return a.Stats().Database
	}
	const messages, most = 10_000, 400
	empty := before()
	a.receive(messages, false)
	taken := (before() - empty) / messages
	t.Logf("%d bytes a message", taken)
	if taken > most {
		t.Errorf("%d bytes a message, want at most %d", taken, most)
	}
}
