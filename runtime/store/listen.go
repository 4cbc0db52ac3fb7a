package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"time"
)

// Listen sets which events are written into the outbox from now on. Before the
// first call all are. Once it returns, earlier rules apply to no event any more.
func (s *Store) Listen(ctx context.Context, wanted func(event string) bool) error {
	return s.take(ctx, func() error {
		s.wanted = wanted
		return nil
	})
}

// listens reports whether an event is to be written.
func (t *txn) listens(event string) bool {
	return t.s.opts.Encode != nil && (t.s.wanted == nil || t.s.wanted(event))
}

// lastListener is the setting for the last time that a listener was connected
// that may come back for what it missed, in unix milliseconds.
const lastListener = "last-listener"

// LastListener is what SaveLastListener last wrote; zero before.
func (s *Store) LastListener(ctx context.Context) (time.Time, error) {
	var value string
	err := s.read.QueryRowContext(ctx, `SELECT value FROM settings WHERE name = ?`, lastListener).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, classify(err)
	}
	ms, err := strconv.ParseInt(value, 10, 64)
	if err != nil {
		return time.Time{}, fmt.Errorf("%w: setting %s: %w", ErrDamaged, lastListener, err)
	}
	return fromMillis(ms), nil
}

// SaveLastListener replaces what LastListener returns.
func (s *Store) SaveLastListener(ctx context.Context, at time.Time) error {
	return s.write(ctx, func(t *txn) error {
		return t.run(`INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)`, lastListener, strconv.FormatInt(millis(at), 10))
	})
}
