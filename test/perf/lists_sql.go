package main

import (
	"context"
	"errors"
)

// page is a request, and the SQL that reads the same rows.
type page struct {
	name string
	path func(chatID string) string
	sql  string
	args func(chatPK int64) []any
}

const (
	bareChat    = `c.id, c.name, c.ts, c.conv_ts, c.archived, c.pinned_at, c.muted_until, c.unread, c.marked_unread`
	bareMessage = `m.stanza, m.from_me, mc.id, ma.id, COALESCE(pp.id, mp.id), m.sender_name, m.ts, m.ack, m.type, m.body, m.detail, m.raw`
	// People and chats are stored by key: their ids are separate rows.
	bareIDs = ` LEFT JOIN ids mc ON mc.pk = m.chat LEFT JOIN ids ma ON ma.pk = m.arrived
		LEFT JOIN ids mp ON mp.pk = m.participant LEFT JOIN ids pp ON pp.pk = mp.phone`
)

var pages = []page{
	{
		name: "overview", path: func(string) string { return "/chats/overview?limit=20" },
		sql: `SELECT ` + bareChat + `, ` + bareMessage + ` FROM chats c LEFT JOIN messages m ON m.pk = c.last` + bareIDs + `
			WHERE c.listed = 1 ORDER BY c.ts DESC, c.id LIMIT 20`,
	},
	{
		name: "chats", path: func(string) string { return "/chats?limit=100" },
		sql: `SELECT ` + bareChat + ` FROM chats c WHERE c.listed = 1 ORDER BY c.ts DESC, c.id LIMIT 100`,
	},
	{
		name: "messages", path: func(id string) string { return "/chats/" + id + "/messages?limit=10&downloadMedia=false" },
		sql:  `SELECT ` + bareMessage + ` FROM messages m` + bareIDs + ` WHERE m.chat = ? ORDER BY m.ts DESC, m.pk DESC LIMIT 10`,
		args: func(pk int64) []any { return []any{pk} },
	},
}

// deep is a page far down the list, which the small account does not have.
var deep = page{
	name: "chats-deep", path: func(string) string { return "/chats?limit=100&offset=9000" },
	sql: `SELECT ` + bareChat + ` FROM (SELECT pk FROM chats WHERE listed = 1 ORDER BY ts DESC, id LIMIT 100 OFFSET 9000) p
		CROSS JOIN chats c ON c.pk = p.pk`,
}

// prepared returns a function that only reads the page's rows, with a statement
// that stays compiled.
func (lib *library) prepared(ctx context.Context, p page) (func(context.Context) error, error) {
	statement, err := lib.db.PrepareContext(ctx, p.sql) // closed with the database
	if err != nil {
		return nil, err
	}
	var args []any
	if p.args != nil {
		args = p.args(lib.chatPK)
	}
	return func(ctx context.Context) error {
		rows, err := statement.QueryContext(ctx, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		columns, err := rows.Columns()
		if err != nil {
			return err
		}
		values, dest := make([]any, len(columns)), make([]any, len(columns))
		for i := range dest {
			dest[i] = &values[i]
		}
		n := 0
		for ; rows.Next(); n++ {
			if err := rows.Scan(dest...); err != nil {
				return err
			}
		}
		if n == 0 {
			return errors.New("no rows")
		}
		return rows.Err()
	}, nil
}
