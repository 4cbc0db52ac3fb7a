package store

import (
	"database/sql"
	"net/url"
	"path/filepath"
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
