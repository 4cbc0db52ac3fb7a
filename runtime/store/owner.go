package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"

	"github.com/wasession/wasession/runtime/chat"
)

// Owner inspects the database at path, which no process may have open, and
// returns its owner: the one account named by its own messages in groups, or
// the empty id if they name none or several. empty reports that it holds
// nothing of any account, but at most events of the session itself.
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

// holdsSomebodys reports whether a database holds anything of an account.
func holdsSomebodys(ctx context.Context, db *sql.DB) (bool, error) {
	for _, table := range []string{"ids", "history_jobs", "sends"} {
		var there bool
		if err := db.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = ?)`, table).Scan(&there); err != nil {
			return false, err
		}
		if !there {
			continue // earlier versions have no such table
		}
		var filled bool
		if err := db.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM `+table+`)`).Scan(&filled); err != nil || filled {
			return filled, err
		}
	}
	return false, nil
}
