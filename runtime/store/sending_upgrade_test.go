package store

import (
	"database/sql"
	"net/url"
	"path/filepath"
	"testing"
)

// An account of an earlier version is as old as its oldest message: its warm-up does not
// begin with the upgrade.
func TestTheAgeOfAnAccountOfAnEarlierVersion(t *testing.T) {
	for what, c := range map[string]struct {
		messages string
		since    int64 // 0 for none
	}{
		"with messages":    {`(2, 'A', 2000), (3, 'B', 1000)`, 1000},
		"without messages": {"", 0},
	} {
		path := filepath.Join(t.TempDir(), "chats.db")
		db := must(sql.Open("sqlite", dsn(path, url.Values{})))(t)
		must(0, migrate(t.Context(), db, must(migrations())(t)[:10]))(t)
		if c.messages != "" {
			for _, query := range []string{
				`INSERT INTO ids VALUES (1, '15550002222@c.us', NULL)`,
				`INSERT INTO chats (pk, id, listed) VALUES (1, '15550002222@c.us', 1)`,
				`INSERT INTO messages (chat, arrived, via_lid, stanza, from_me, participant, ts, ack, type, body, sender_name)
					SELECT 1, 1, 0, column2, 0, 0, column3, 2, 'text', '', '' FROM (VALUES ` + c.messages + `)`,
			} {
				must(db.ExecContext(t.Context(), query))(t)
			}
		}
		must(0, db.Close())(t)
		s := reopen(t, path, Options{})
		since := must(s.Sending(t.Context(), true))(t).Since
		if c.since == 0 && !since.IsZero() || c.since != 0 && since.Unix() != c.since {
			t.Errorf("%s: since %s, want %d", what, since, c.since)
		}
	}
}
