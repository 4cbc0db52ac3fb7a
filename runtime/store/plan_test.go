package store

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"github.com/wasession/wasession/runtime/chat"
)

// plan returns how SQLite would execute a query.
func plan(t *testing.T, s *Store, query string, args ...any) string {
	t.Helper()
	steps := must(collect(t.Context(), s.read, func(rows *sql.Rows) (text string, err error) {
		var id, parent, unused int
		err = rows.Scan(&id, &parent, &unused, &text)
		return text, err
	}, "EXPLAIN QUERY PLAN "+query, args...))(t)
	return strings.Join(steps, "\n")
}

// wantIndexed fails if a plan sorts, or scans a whole table or index that is
// not walked in the order of the list.
func wantIndexed(t *testing.T, plan string, walked ...string) {
	t.Helper()
	if strings.Contains(plan, "TEMP B-TREE") {
		t.Errorf("the plan sorts:\n%s", plan)
	}
	for line := range strings.Lines(plan) {
		if !strings.HasPrefix(line, "SCAN") || strings.HasPrefix(line, "SCAN page") || strings.HasPrefix(line, "SCAN json_each") {
			continue
		}
		ordered := false
		for _, index := range walked {
			ordered = ordered || strings.Contains(line, "INDEX "+index)
		}
		if !ordered {
			t.Errorf("the plan scans everything: %s\n%s", strings.TrimSpace(line), plan)
		}
	}
}

func TestPagesOfChatsWalkAnIndex(t *testing.T) {
	s := open(t, Options{})
	for by, indexes := range map[chat.SortField][]string{
		chat.SortMessageTimestamp: {"by_ts"}, chat.SortConversationTimestamp: {"by_ts", "by_conv"}, chat.SortID: {"by_id"}, chat.SortName: {"by_name"},
	} {
		for _, apart := range []bool{false, true} {
			for _, ascending := range []bool{false, true} {
				for _, last := range []bool{false, true} {
					q := chat.ChatQuery{SortBy: by, Apart: apart, Reverse: ascending, WithLast: last, Limit: 20}
					t.Run(fmt.Sprintf("%+v", q), func(t *testing.T) {
						query, args, err := chatsQuery(q, nil)
						if err != nil {
							t.Fatal(err)
						}
						var walked []string
						for _, index := range indexes {
							if walked = append(walked, "chats_"+index); apart {
								walked = append(walked, "chats_apart_"+index)
							}
						}
						p := plan(t, s, query, args...)
						wantIndexed(t, p, walked...)
						for _, index := range walked {
							if !strings.Contains(p, "COVERING INDEX "+index) {
								t.Errorf("the plan does not page on %s alone:\n%s", index, p)
							}
						}
					})
				}
			}
		}
	}
}

func TestEveryFilterOfMessagesWalksAnIndex(t *testing.T) {
	s := open(t, Options{})
	since, until, fromMe, ack := int64(1), int64(2), true, chat.AckRead
	for bits := range 1 << 8 {
		q := chat.MessageQuery{Limit: 10, Reverse: bits&1 != 0, Apart: bits&2 != 0}
		if bits&4 != 0 {
			q.Since = &since
		}
		if bits&8 != 0 {
			q.Until = &until
		}
		if bits&16 != 0 {
			q.FromMe = &fromMe
		}
		if bits&32 != 0 {
			q.Ack = &ack
		}
		var chatPK int64
		if bits&64 != 0 {
			chatPK = 5
		}
		query, args := messagesQuery(q, nil, chatPK, chatPK, bits&128 != 0)
		p := plan(t, s, query, args...)
		// What the filters' indexes lack are a few hundred rows, which are sorted.
		const late = "SEARCH messages USING INTEGER PRIMARY KEY (rowid>?)\nSCALAR SUBQUERY"
		if at := strings.Index(p, late); at >= 0 {
			before, after, _ := strings.Cut(p[at:], "USE TEMP B-TREE FOR ORDER BY\n")
			p = p[:at] + before + after
		}
		wantIndexed(t, p)
		if !strings.Contains(p, "COVERING INDEX messages_by_") {
			t.Errorf("%+v does not page on an index only:\n%s", q, p)
		}
		q.Text = "x"
		query, args = messagesQuery(q, nil, chatPK, chatPK, bits&128 != 0)
		if p := plan(t, s, query, args...); !strings.Contains(p, "INDEX messages_by_") {
			t.Errorf("%+v does not walk an index:\n%s", q, p)
		}
	}
}

func TestLookupsAreSearches(t *testing.T) {
	s := open(t, Options{})
	for name, query := range map[string]string{
		"events from":  `SELECT ` + eventColumns + ` FROM outbox o` + thinJoins + ` WHERE o.seq >= 5 ORDER BY o.seq LIMIT 10`,
		"event before": `SELECT seq FROM outbox WHERE seq <= 5 ORDER BY seq DESC LIMIT 1`,
		"event of a message": `SELECT o.seq FROM messages k CROSS JOIN outbox o ON o.seq IN (k.event, k.event + 1) AND o.message = k.pk
			WHERE k.pk IN (SELECT m.pk FROM messages m WHERE m.pk = 5)`,
		"oldest media": mediaColumns + `WHERE at < 5 ORDER BY at, key LIMIT 10`,
		"replays":      letterColumns + `WHERE o.webhook = 'x' AND o.replay = 1 ORDER BY o.pk LIMIT 10`,
		"incoming":     `SELECT 1 FROM messages WHERE chat = 1 AND ts >= 2 AND (ts > 2 OR pk > 3) AND from_me = 0`,
		"known": `SELECT 1 FROM messages WHERE chat = 1 AND stanza = 'x' AND from_me = 0
			AND (participant = 4 OR participant IN (SELECT pk FROM ids WHERE phone = 4))`,
		"one message":           `SELECT m.pk FROM chats c CROSS JOIN messages m ON m.chat = c.pk WHERE m.stanza = 'x' AND c.pk = 5 ORDER BY m.pk LIMIT 1`,
		"pending archive items": `SELECT chat FROM archive_items WHERE run = 'r' AND state = 'pending' ORDER BY n`,
	} {
		t.Run(name, func(t *testing.T) {
			p := plan(t, s, query)
			if strings.Contains(p, "SCAN") || strings.Contains(p, "TEMP B-TREE FOR ORDER BY") && name != "one message" {
				t.Error(p)
			}
		})
	}
}
