package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/wasession/wasession/runtime/chat"
)

// txn is one writing transaction. The driver compiles every statement anew, so
// there is nothing to gain from preparing them.
type txn struct {
	s   *Store
	tx  *sql.Tx
	ctx context.Context
	// now is unix seconds, the same for the whole transaction.
	now int64
	// people and pushNames are what the caches learn at commit.
	people    map[chat.ID]person
	pushNames map[int64]string
	// forget empties the cache of people at commit: LIDs were mapped.
	forget bool
	events []chat.Event
}

// write runs fn in a transaction. The context is honoured while waiting and
// between fn's steps that ask for it; a statement once begun is not
// interrupted, which spares a goroutine each.
func (s *Store) write(ctx context.Context, fn func(*txn) error) error {
	return s.take(ctx, func() error {
		if s.tuned == importing {
			if err := s.tune(ctx, catchingUp); err != nil {
				return err
			}
		}
		return s.writeNow(ctx, fn)
	})
}

// writeLazily is write for what need not be on the disk before the next thing
// that must be: while a history is imported it spares waiting for the disk.
func (s *Store) writeLazily(ctx context.Context, fn func(*txn) error) error {
	return s.take(ctx, func() error { return s.writeNow(ctx, fn) })
}

// writeFunc is write or writeLazily.
type writeFunc func(context.Context, func(*txn) error) error

// take runs fn when it is its turn to write.
func (s *Store) take(ctx context.Context, fn func() error) error {
	select {
	case s.writing <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-s.writing }()
	return fn()
}

// writeNow is write for those whose turn it is.
func (s *Store) writeNow(ctx context.Context, fn func(*txn) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	quiet := context.WithoutCancel(ctx)
	tx, err := s.db.BeginTx(quiet, nil)
	if err != nil {
		return classify(err)
	}
	t := &txn{
		s: s, tx: tx, ctx: quiet, now: s.now().Unix(),
		people: map[chat.ID]person{}, pushNames: map[int64]string{},
	}
	if err := fn(t); err != nil {
		return classify(errors.Join(err, tx.Rollback()))
	}
	written, size, err := t.writeEvents()
	if err != nil {
		return classify(errors.Join(err, tx.Rollback()))
	}
	if err := tx.Commit(); err != nil {
		// A deferred constraint leaves the transaction open; a second rollback does no harm.
		return classify(errors.Join(fmt.Errorf("commit: %w", err), ignoreDone(tx.Rollback())))
	}
	t.learn()
	s.events.Add(written)
	s.bytes.Add(size)
	if written > 0 && s.opts.OnCommit != nil {
		s.opts.OnCommit()
	}
	return nil
}

func ignoreDone(err error) error {
	if errors.Is(err, sql.ErrTxDone) {
		return nil
	}
	return err
}

// exec runs a statement and says how many rows it changed.
func (t *txn) exec(query string, args ...any) (int64, error) {
	r, err := t.tx.ExecContext(t.ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

// run is exec for those who do not count.
func (t *txn) run(query string, args ...any) error {
	_, err := t.tx.ExecContext(t.ctx, query, args...)
	return err
}

func (t *txn) row(query string, args ...any) *sql.Row {
	return t.tx.QueryRowContext(t.ctx, query, args...)
}

// found reads a row into dest and says whether there was one.
func (t *txn) found(row *sql.Row, dest ...any) (bool, error) {
	err := row.Scan(dest...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// queryer is what reads rows: the pool of readers, or a transaction.
type queryer interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// collect reads all rows of a query with scan.
func collect[T any](ctx context.Context, q queryer, scan func(*sql.Rows) (T, error), query string, args ...any) ([]T, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, classify(err)
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, classify(err)
		}
		all = append(all, v)
	}
	return all, classify(rows.Err())
}
