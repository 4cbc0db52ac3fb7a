package store

import (
	"database/sql"
	"encoding/json"
	"fmt"

	"github.com/wasession/wasession/runtime/chat"
)

// chatColumns are the columns of a row c, whose state is in row s. Merged lists
// show the chat as a whole; separate lists show what arrived under the row's
// own id.
const (
	mergedColumns = `c.pk, c.id, s.name, c.ts, c.conv_ts`
	apartColumns  = `c.pk, c.id, s.name, c.own_ts, c.own_conv_ts`
	stateColumns  = `, COALESCE(s.archived, 0), COALESCE(s.pinned_at, 0), COALESCE(s.muted_until, 0), s.unread, COALESCE(s.marked_unread, 0)`
	stateJoin     = ` CROSS JOIN chats s ON s.pk = COALESCE(c.merged_into, c.pk)`
)

// chatOrder is the sort order of a list, and its exact reverse.
type chatOrder struct{ column, up, down string }

// chatOrders name columns that have an index for each view; desc in the API
// means newest first, and A-Z.
var chatOrders = map[chat.SortField]struct{ merged, apart chatOrder }{
	chat.SortMessageTimestamp:      {newest("ts"), newest("own_ts")},
	chat.SortConversationTimestamp: {newest("conv_ts"), newest("own_conv_ts")},
	chat.SortID:                    {chatOrder{"id", "id", "id DESC"}, chatOrder{"id", "id", "id DESC"}},
	chat.SortName:                  {alphabet, alphabet},
}

var alphabet = chatOrder{"name_key", "name_key, id", "name_key DESC, id DESC"}

func newest(column string) chatOrder {
	return chatOrder{column, column + " DESC, id", column + ", id DESC"}
}

// chatsQuery returns the query for a page of chats. The inner query scans an
// index past the skipped rows. Only the rows of the page are joined, in order,
// because SQLite never reorders a CROSS JOIN.
func chatsQuery(q chat.ChatQuery) (query string, args []any, err error) {
	sortBy := q.SortBy
	if sortBy == "" {
		sortBy = chat.SortMessageTimestamp
	}
	orders, ok := chatOrders[sortBy]
	if !ok {
		return "", nil, fmt.Errorf("chats cannot be sorted by %q", sortBy)
	}
	order, view, columns, last := orders.merged, "listed", mergedColumns, "c.last"
	if q.Apart {
		order, view, columns, last = orders.apart, "apart", apartColumns, "c.own_last"
	}
	by := order.up
	if q.Reverse {
		by = order.down
	}
	where := ` WHERE ` + view + ` = 1`
	if q.IDs != nil {
		ids, err := json.Marshal(q.IDs)
		if err != nil {
			return "", nil, err
		}
		canonical := "COALESCE(phone, pk)"
		if q.Apart {
			canonical = "pk"
		}
		where += ` AND pk IN (SELECT ` + canonical + ` FROM ids WHERE id IN (SELECT value FROM json_each(?)))`
		args = append(args, string(ids))
	}
	query = `SELECT ` + columns + stateColumns
	joins := stateJoin
	if q.WithLast {
		query += `, ` + messageColumns + `, pic.url, pic.fetched_at`
		joins += ` LEFT JOIN messages m ON m.pk = ` + last + messageJoins + ` LEFT JOIN pictures pic ON pic.pk = s.pk`
	}
	query += ` FROM (SELECT pk FROM chats` + where + ` ORDER BY ` + by + ` LIMIT +? OFFSET ?) page
		CROSS JOIN chats c ON c.pk = page.pk` + joins
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

// scanChat reads a row of a chats query.
func scanChat(withLast bool) func(*sql.Rows) (storedChat, error) {
	return func(rows *sql.Rows) (storedChat, error) {
		var c storedChat
		var m messageRow
		var url sql.NullString
		var fetched sql.NullInt64
		dest := []any{&c.pk, &c.ID, &c.Name, &c.Timestamp, &c.ConversationTimestamp,
			&c.Archived, &c.PinnedAt, &c.MutedUntil, &c.Unread, &c.MarkedUnread}
		if withLast {
			dest = append(append(dest, m.dest()...), &url, &fetched)
		}
		err := rows.Scan(dest...)
		if err != nil {
			return c, err
		}
		if url.Valid {
			c.Picture = &chat.Picture{URL: url.String, FetchedAt: fetched.Int64}
		}
		c.LastMessage, err = m.message()
		return c, err
	}
}

// lastWithin leaves out last messages once they exceed the given bytes.
func lastWithin(scan func(*sql.Rows) (storedChat, error), bytes int) func(*sql.Rows) (storedChat, error) {
	return func(rows *sql.Rows) (storedChat, error) {
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

// storedChat is a chat with its key.
type storedChat struct {
	pk int64
	chat.Chat
}
