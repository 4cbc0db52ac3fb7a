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
// name none, or several. empty says that it holds nothing of any account: events of the
// session itself at most.
func Owner(ctx context.Context, path string) (owner chat.ID, empty bool, err error) {
	db, err := sql.Open("sqlite", dsn(path, url.Values{}))
	if err != nil {
		return "", false, fileError(path, err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	known, err := holdsSomebodys(ctx, db)
	if err != nil {
		return "", false, fileError(path, err)
	}
	if !known {
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

// holdsSomebodys reports whether a database holds anything that comes of an account.
func holdsSomebodys(ctx context.Context, db *sql.DB) (bool, error) {
	for _, table := range []string{"ids", "history_jobs", "sends"} {
		var there bool
		if err := db.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = ?)`, table).Scan(&there); err != nil {
			return false, err
		}
		if !there {
			continue // an earlier version had no such table
		}
		var filled bool
		if err := db.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM `+table+`)`).Scan(&filled); err != nil || filled {
			return filled, err
		}
	}
	return false, nil
}
