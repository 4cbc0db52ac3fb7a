package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"

	"github.com/wasession/wasession/runtime/chat"
)

// Owner looks at the database at path, which nobody has open, and says whose it
// is: the one account that its own messages in groups name, or nobody where they
// name none, or several. empty says that it holds no chat.
func Owner(ctx context.Context, path string) (owner chat.ID, empty bool, err error) {
	db, err := sql.Open("sqlite", dsn(path, url.Values{}))
	if err != nil {
		return "", false, fileError(path, err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	var tables int
	if err := db.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_schema WHERE name IN ('ids', 'chats', 'messages')`).Scan(&tables); err != nil {
		return "", false, fileError(path, err)
	}
	if tables < 3 {
		return "", true, nil
	}
	var chats int
	if err := db.QueryRowContext(ctx, `SELECT count(*) FROM (SELECT 1 FROM chats LIMIT 1)`).Scan(&chats); err != nil {
		return "", false, fileError(path, err)
	}
	if chats == 0 {
		return "", true, nil
	}
	var n int
	var id sql.NullString
	if err := db.QueryRowContext(ctx, `SELECT count(DISTINCT COALESCE(p.id, i.id)), min(COALESCE(p.id, i.id)) FROM messages m
		JOIN ids i ON i.pk = m.participant LEFT JOIN ids p ON p.pk = i.phone
		WHERE m.from_me = 1 AND m.participant <> 0`).Scan(&n, &id); err != nil {
		return "", false, fmt.Errorf("%s: %w", path, err)
	}
	if n != 1 {
		return "", false, nil
	}
	return chat.ID(id.String), false, nil
}
