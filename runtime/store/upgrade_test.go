package store

import (
	"database/sql"
	"net/url"
	"path/filepath"
	"slices"
	"testing"

	"github.com/wasession/wasession/runtime/chat"
)

// Events and dead letters that an earlier version stored whole are delivered as
// they are, in order and with their ids.
func TestEventsOfAnEarlierVersion(t *testing.T) {
	path := filepath.Join(t.TempDir(), "chats.db")
	db, err := sql.Open("sqlite", dsn(path, url.Values{}))
	if err != nil {
		t.Fatal(err)
	}
	steps := must(migrations())(t)
	if err := migrate(t.Context(), db, steps[:4]); err != nil {
		t.Fatal(err)
	}
	for _, query := range []string{
		`INSERT INTO ids VALUES (1, '15550002222@c.us', NULL)`,
		`INSERT INTO chats (pk, id, listed) VALUES (1, '15550002222@c.us', 1)`,
		`INSERT INTO messages (chat, arrived, via_lid, stanza, from_me, participant, ts, ack, type, body, sender_name, raw)
			VALUES (1, 1, 0, 'A', 0, 0, 10, 2, 'text', 'a text that is long enough', '', CAST('raw: a text that is long enough' AS BLOB))`,
		`INSERT INTO webhooks (key, seq) VALUES ('w', 0)`,
		`INSERT INTO outbox (id, event, ts_ms, payload) VALUES ('evt_01', 'message.any', 1, x'7b226e223a317d'), ('evt_02', 'message', 1, x'7b226e223a327d')`,
		`INSERT INTO dead_letters (webhook, seq, event_id, event, payload, ts_ms, attempts, request_id, error, failed_at_ms)
			VALUES ('w', 0, 'evt_00', 'message', x'7b226e223a307d', 1, 15, 'r', '500', 1)`,
	} {
		if _, err := db.ExecContext(t.Context(), query); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	s := reopen(t, path, Options{})
	events := must(s.EventsFrom(t.Context(), 0, 0))(t)
	if len(events) != 2 || events[0].ID != "evt_01" || string(events[1].Payload) != `{"n":2}` || events[1].Problem != nil {
		t.Errorf("events %+v", events)
	}
	letters := must(s.Deliveries(t.Context(), chat.DeliveryQuery{State: chat.DeliveryFailed}))(t)
	if len(letters) != 1 || letters[0].Event.ID != "evt_00" || string(letters[0].Event.Payload) != `{"n":0}` {
		t.Errorf("dead letters %+v", letters)
	}
	if m := must(s.Message(t.Context(), "", "A"))(t); string(m.Raw) != "raw: a text that is long enough" {
		t.Errorf("raw is %q", m.Raw)
	}
}

// Chats that an earlier version wrote are listed as they were, in every order.
func TestChatsOfAnEarlierVersion(t *testing.T) {
	path := filepath.Join(t.TempDir(), "chats.db")
	db, err := sql.Open("sqlite", dsn(path, url.Values{}))
	if err != nil {
		t.Fatal(err)
	}
	if err := migrate(t.Context(), db, must(migrations())(t)[:5]); err != nil {
		t.Fatal(err)
	}
	for _, query := range []string{
		`INSERT INTO ids VALUES (1, '1@c.us', NULL), (2, '2@c.us', NULL), (3, '3@lid', 2), (4, '4@c.us', NULL), (5, '5@g.us', NULL)`,
		`INSERT INTO chats (pk, id, merged_into, listed, apart, name, name_key, ts, conv_ts, own_ts, own_conv_ts, unread, marked_unread) VALUES
			(1, '1@c.us', NULL, 1, 1, 'D', 'd', 100, 100, 100, 100, 2, NULL),
			(2, '2@c.us', NULL, 1, 1, 'C', 'c', 300, 350, 200, 200, 0, 1),
			(3, '3@lid', 2, 0, 1, 'C', 'c', 0, 0, 300, 350, 0, NULL),
			(4, '4@c.us', NULL, 1, 1, 'B', 'b', 0, 320, 0, 320, 0, 0),
			(5, '5@g.us', NULL, 0, 0, 'A', 'a', 0, 0, 0, 0, 7, NULL)`,
	} {
		if _, err := db.ExecContext(t.Context(), query); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	s := reopen(t, path, Options{})
	for _, want := range []struct {
		by            chat.SortField
		merged, apart []chat.ID
	}{
		{chat.SortMessageTimestamp, []chat.ID{"2@c.us", "1@c.us", "4@c.us"}, []chat.ID{"3@lid", "2@c.us", "1@c.us", "4@c.us"}},
		{chat.SortConversationTimestamp, []chat.ID{"2@c.us", "4@c.us", "1@c.us"}, []chat.ID{"3@lid", "4@c.us", "2@c.us", "1@c.us"}},
		{chat.SortID, []chat.ID{"1@c.us", "2@c.us", "4@c.us"}, []chat.ID{"1@c.us", "2@c.us", "3@lid", "4@c.us"}},
		{chat.SortName, []chat.ID{"4@c.us", "2@c.us", "1@c.us"}, []chat.ID{"4@c.us", "2@c.us", "3@lid", "1@c.us"}},
	} {
		if got := idsOf(t, s, chat.ChatQuery{SortBy: want.by}); !slices.Equal(got, want.merged) {
			t.Errorf("by %s: %v, want %v", want.by, got, want.merged)
		}
		if got := idsOf(t, s, chat.ChatQuery{SortBy: want.by, Apart: true}); !slices.Equal(got, want.apart) {
			t.Errorf("apart by %s: %v, want %v", want.by, got, want.apart)
		}
	}
	if behind := must(s.AppStateBehind(t.Context()))(t); !behind {
		t.Error("the labels of an account that was linked before are not fetched")
	}
	if err := s.CaughtUpAppState(t.Context()); err != nil || must(s.AppStateBehind(t.Context()))(t) {
		t.Errorf("once they are: behind, error %v", err)
	}
	if must(open(t, Options{}).AppStateBehind(t.Context()))(t) {
		t.Error("a new account is behind")
	}
	if got := must(s.Counts(t.Context()))(t); got != (chat.Counts{Total: 3, Unread: 2}) {
		t.Errorf("counts %+v", got)
	}
	if c := must(s.Chat(t.Context(), "4@c.us"))(t); c.Timestamp != 0 || c.ConversationTimestamp != 320 {
		t.Errorf("chat %+v", c)
	}
}
