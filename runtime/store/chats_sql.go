package store

import (
	"cmp"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/wasession/wasession/runtime/chat"
)

// The columns of a chat, whose state is in row s. Merged lists show the chat as a whole,
// so that s is the only row; separate lists show what arrived under the id of row c. A
// conversation's time is stored only if it is later than the last message's. Labels are
// looked for only if any chat has one, which a search for any key finds out.
const (
	mergedColumns = `s.pk, s.id, s.name, s.ts, NULLIF(s.conv_ts, 0)`
	apartColumns  = `c.pk, c.id, s.name, iif(c.twinned, c.own_ts, c.ts), NULLIF(iif(c.twinned, c.own_conv_ts, c.conv_ts), 0)`
	stateColumns  = `, NULLIF(s.pinned_at, 0), NULLIF(s.muted_until, 0), NULLIF(s.unread, 0),
		NULLIF(COALESCE(s.archived, 0) + 2 * COALESCE(s.marked_unread, 0), 0),
		CASE WHEN EXISTS (SELECT 1 FROM chat_labels WHERE chat > 0) THEN (SELECT group_concat(label, ',') FROM chat_labels WHERE chat = s.pk) END`
	mergedRow  = ` CROSS JOIN chats s ON s.pk = page.pk`
	apartRow   = ` CROSS JOIN chats c ON c.pk = page.pk CROSS JOIN chats s ON s.pk = COALESCE(c.merged_into, c.pk)`
	mergedLast = `s.last`
	apartLast  = `iif(c.twinned, c.own_last, c.last)`
)

// The bits of stateColumns.
const (
	bitArchived = 1 << iota
	bitMarkedUnread
)

// chatOrder is the sort order of a list, and its exact reverse; desc in the API
// means newest first, and A-Z.
type chatOrder struct{ up, down string }

var (
	newestFirst = chatOrder{"k DESC, id", "k, id DESC"}
	alphabet    = chatOrder{"k, id", "k DESC, id DESC"}
	byID        = chatOrder{"k", "k DESC"}
)

// chatWalk reads some of the rows of a list in its order. column is what their
// index is sorted by, before the id.
type chatWalk struct{ column, where string }

// chatWalks are the walks that a list is merged from. Each row is in one of
// them. The rows that a walk skips, by columns of its index, are about as many
// as another walk returns for the same page.
type chatWalks struct {
	order         chatOrder
	merged, apart []chatWalk
}

const (
	alone = `listed = 1 AND twinned = 0` // the same in both kinds of list
	twins = `apart = 1`
)

var chatLists = map[chat.SortField]chatWalks{
	chat.SortMessageTimestamp: {
		newestFirst, []chatWalk{{"ts", `listed = 1`}}, []chatWalk{{"ts", alone}, {"own_ts", twins}},
	},
	chat.SortConversationTimestamp: {
		newestFirst, []chatWalk{{"ts", `listed = 1 AND conv_ts = 0`}, {"conv_ts", `listed = 1 AND conv_ts > 0`}},
		[]chatWalk{
			{"ts", alone + ` AND conv_ts = 0`}, {"conv_ts", alone + ` AND conv_ts > 0`},
			{"own_ts", twins + ` AND own_conv_ts = 0`}, {"own_conv_ts", twins + ` AND own_conv_ts > 0`},
		},
	},
	chat.SortID:   {byID, []chatWalk{{"id", `listed = 1`}}, []chatWalk{{"id", alone}, {"id", twins}}},
	chat.SortName: {alphabet, []chatWalk{{"name_key", `listed = 1`}}, []chatWalk{{"name_key", alone}, {"name_key", twins}}},
}

// chatsQuery returns the query for a page of chats. The inner query scans indexes
// past the skipped rows. Only the rows of the page are joined, in order,
// because SQLite never reorders a CROSS JOIN. labels are the IDs for q.Labels.
func chatsQuery(q chat.ChatQuery, labels []string) (query string, args []any, err error) {
	list, ok := chatLists[cmp.Or(q.SortBy, chat.SortMessageTimestamp)]
	if !ok {
		return "", nil, fmt.Errorf("chats cannot be sorted by %q", q.SortBy)
	}
	walks, columns, joins, last, canonical := list.merged, mergedColumns, mergedRow, mergedLast, "COALESCE(phone, pk)"
	if q.Apart {
		walks, columns, joins, last, canonical = list.apart, apartColumns, apartRow, apartLast, "pk"
	}
	by := list.order.up
	if q.Reverse {
		by = list.order.down
	}
	among := ""
	if q.IDs != nil {
		ids, err := json.Marshal(q.IDs)
		if err != nil {
			return "", nil, err
		}
		among = ` AND pk IN (SELECT ` + canonical + ` FROM ids WHERE id IN (SELECT value FROM json_each(?1)))`
		args = append(args, string(ids))
	}
	if labels != nil {
		ids, err := json.Marshal(labels)
		if err != nil {
			return "", nil, err
		}
		args = append(args, string(ids))
		labelled := fmt.Sprintf(`SELECT chat FROM chat_labels WHERE label IN (SELECT value FROM json_each(?%d))`, len(args))
		if q.Apart {
			labelled += ` UNION ALL SELECT pk FROM ids WHERE phone IN (` + labelled + `)`
		}
		among += ` AND pk IN (` + labelled + `)`
	}
	arms := make([]string, len(walks))
	for i, w := range walks {
		arms[i] = `SELECT pk, id, ` + w.column + ` AS k FROM chats WHERE ` + w.where + among
	}
	query = `SELECT ` + columns + stateColumns
	if q.WithLast {
		query += `, ` + messageColumns + `, pic.url, pic.fetched_at`
		joins += ` LEFT JOIN messages m ON m.pk = ` + last + messageJoins + ` LEFT JOIN pictures pic ON pic.pk = s.pk`
	}
	query += ` FROM (` + strings.Join(arms, " UNION ALL ") + ` ORDER BY ` + by + ` LIMIT +? OFFSET ?) page` + joins
	return query, append(args, limit(q.Limit), q.Offset), nil
}

// limit returns the value of a LIMIT clause; 0 means all. The clauses are
// written LIMIT +?, because SQLite uses the value of a plain LIMIT ? for
// planning, and so recompiles the statement whenever the parameter is bound.
func limit(n int) int {
	if n <= 0 {
		return -1
	}
	return n
}

// scanChat returns what reads rows of a chats query, one after the other. pk is set to the
// key of each. Of labels, chats get the IDs alone.
func scanChat(withLast bool, pk *integer) func(*sql.Rows) (chat.Chat, error) {
	var (
		m                                              messageRow
		ts, conversation, pinned, muted, unread, state integer
		id, name, labels                               text
		url                                            sql.NullString
		fetched                                        integer
	)
	dest := []any{pk, &id, &name, &ts, &conversation, &pinned, &muted, &unread, &state, &labels}
	if withLast {
		dest = append(append(dest, m.dest()...), &url, &fetched)
	}
	return func(rows *sql.Rows) (c chat.Chat, err error) {
		if err := rows.Scan(dest...); err != nil {
			return c, err
		}
		c = chat.Chat{
			ID: chat.ID(id), Name: string(name), Timestamp: int64(ts), ConversationTimestamp: int64(max(conversation, ts)),
			Archived: state&bitArchived != 0, PinnedAt: int64(pinned), MutedUntil: int64(muted),
			Unread: int(unread), MarkedUnread: state&bitMarkedUnread != 0, Labels: labelsIn(string(labels)),
		}
		if url.Valid {
			c.Picture = &chat.Picture{URL: url.String, FetchedAt: int64(fetched)}
		}
		c.LastMessage, err = m.message()
		return c, err
	}
}

// lastWithin leaves out last messages once they exceed the given bytes.
func lastWithin(scan func(*sql.Rows) (chat.Chat, error), bytes int) func(*sql.Rows) (chat.Chat, error) {
	return func(rows *sql.Rows) (chat.Chat, error) {
		c, err := scan(rows)
		if err != nil || c.LastMessage == nil {
			return c, err
		}
		if bytes <= 0 {
			c.LastMessage, c.LastLeft = nil, true
			return c, nil
		}
		bytes -= c.LastMessage.Bytes()
		return c, nil
	}
}
