package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"

	"github.com/wasession/wasession/runtime/chat"
)

// txn is a write transaction. Its statements run on the one writing connection,
// which keeps them compiled between transactions.
type txn struct {
	s   *Store
	ctx context.Context
	// steady is Options.Steady in unix seconds, the same for the whole transaction.
	steady int64
	// people and pushNames go into the caches at commit.
	people    map[chat.ID]person
	pushNames map[int64]string
	events    []emitted
	// seq and idMS are the store's after the commit.
	seq, idMS int64
	// written counts the events written, less those removed. grown is by how
	// many bytes the outbox has grown, and buried the same for the dead
	// letters.
	written, grown, buried int64
	// moving is set if Store.moves was increased, to increase it again at the end.
	moving bool
	// queued is set if a message waits to be sent from now on.
	queued bool
	// rows counts imported messages.
	rows int
}

// write runs fn in its own transaction. The context is checked while waiting
// and between fn's steps. A running statement is not interrupted, which saves a
// goroutine per statement.
func (s *Store) write(ctx context.Context, fn func(*txn) error) error {
	return s.take(ctx, func() error {
		if err := s.settle(); err != nil {
			return err
		}
		t, err := s.begin(ctx)
		if err != nil {
			return err
		}
		return t.end(guarded(fn, t))
	})
}

// guarded runs fn and turns a panic into an error, so that the transaction is
// rolled back: a retry would panic again.
func guarded(fn func(*txn) error, t *txn) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%w: panic: %v\n%s", chat.ErrUnstorable, r, debug.Stack())
		}
	}()
	return fn(t)
}

// writeLazily is write for repeatable work that does not have to be durable
// immediately. During an import it uses a transaction that is committed when it
// is large enough, or before the next durable write. A crash loses such work
// together with its recorded progress.
func (s *Store) writeLazily(ctx context.Context, fn func(*txn) error) error {
	if !s.lazy.Load() {
		return s.write(ctx, fn)
	}
	return s.writePending(ctx, (*txn).try, fn)
}

// writePending runs fn as a step of the import's transaction.
func (s *Store) writePending(ctx context.Context, step func(*txn, func(*txn) error) error, fn func(*txn) error) error {
	return s.take(ctx, func() error {
		if s.pending == nil {
			if err := s.tune(ctx, importing); err != nil {
				return err
			}
			t, err := s.begin(ctx)
			if err != nil {
				return err
			}
			s.pending = t
		}
		t := s.pending
		if err := step(t, fn); err != nil {
			if errors.Is(err, chat.ErrUnstorable) {
				return err // earlier work stays pending
			}
			s.pending = nil
			return s.lose(t.end(err))
		}
		if t.rows >= importRowsPerCommit {
			return s.settle()
		}
		return nil
	})
}

// plainly runs fn within the transaction. If fn fails, the whole transaction has to
// be rolled back: a savepoint would make SQLite copy each page that fn changes, a
// fifth of an import's time, for failures that hardly ever happen. After the first
// one, steps are tried.
func (t *txn) plainly(fn func(*txn) error) error {
	err := classify(guarded(fn, t))
	if errors.Is(err, chat.ErrUnstorable) {
		t.s.careful.Store(true)
	}
	return undone(err)
}

// undone returns the error of an import's transaction that was rolled back. It never
// is chat.ErrUnstorable, which would blame the last step alone.
func undone(err error) error {
	if errors.Is(err, chat.ErrUnstorable) {
		return fmt.Errorf("the import goes back to its last commit: %s", err.Error())
	}
	return err
}

// try runs fn within the transaction. If fn fails because of invalid data, only
// fn's changes are rolled back.
func (t *txn) try(fn func(*txn) error) error {
	if err := t.run(`SAVEPOINT step`); err != nil {
		return err
	}
	events, seq, written, grown, buried := t.events, t.seq, t.written, t.grown, t.buried
	err := classify(guarded(fn, t))
	if err == nil {
		return t.run(`RELEASE step`)
	}
	if !errors.Is(err, chat.ErrUnstorable) {
		return err
	}
	// The caches may hold rows that were rolled back.
	clear(t.people)
	clear(t.pushNames)
	t.s.late = maxLate
	t.events, t.seq, t.written, t.grown, t.buried = events, seq, written, grown, buried
	if undone := errors.Join(t.run(`ROLLBACK TO step`), t.run(`RELEASE step`)); undone != nil {
		return undone
	}
	return err
}

// writeFunc is write or writeLazily.
type writeFunc func(context.Context, func(*txn) error) error

// settle commits what writeLazily left pending. The caller has the writer's
// turn.
func (s *Store) settle() error {
	t := s.pending
	if t == nil {
		return nil
	}
	s.pending = nil
	if err := t.end(nil); err != nil {
		return s.lose(err)
	}
	return nil
}

// lose notes that what was pending was rolled back because of err.
func (s *Store) lose(err error) error {
	err = undone(err)
	s.lost.Store(&err)
	return err
}

// kept returns an error if earlier steps of the import were rolled back: the next
// ones must not be written without them.
func (t *txn) kept() error {
	if lost := t.s.lost.Load(); lost != nil {
		return *lost
	}
	return nil
}

// take runs fn when it is its turn to write.
func (s *Store) take(ctx context.Context, fn func() error) error {
	select {
	case s.writing <- struct{}{}:
	case <-s.closed:
		return ErrClosed
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-s.writing }()
	if err := ctx.Err(); err != nil {
		return err
	}
	return fn()
}

func (s *Store) begin(ctx context.Context) (*txn, error) {
	quiet := context.WithoutCancel(ctx)
	// Unlike sql.Tx, this stays compiled and starts no goroutine.
	if _, err := s.writer.ExecContext(quiet, `BEGIN IMMEDIATE`); err != nil {
		return nil, classify(err)
	}
	return &txn{
		s: s, ctx: quiet, steady: s.opts.Steady().Unix(),
		people: map[chat.ID]person{}, pushNames: map[int64]string{}, seq: s.seq.Load(), idMS: s.idMS,
	}, nil
}

// end commits the transaction with its events, or rolls it back because of err.
func (t *txn) end(err error) error {
	if t.moving {
		defer t.s.moves.Add(1) // after the commit
	}
	if err == nil {
		err = t.writeEvents()
	}
	if err != nil {
		t.s.late = maxLate
		return classify(errors.Join(err, t.rollback()))
	}
	if err := t.run(`COMMIT`); err != nil {
		t.s.late = maxLate
		// A deferred constraint, for example, leaves the transaction open.
		return classify(errors.Join(fmt.Errorf("commit: %w", err), t.rollback()))
	}
	if t.queued {
		t.s.queued.Add(1)
	}
	t.s.syncer.committed()
	t.s.boundWAL()
	t.learn()
	t.s.idMS = t.idMS
	t.s.seq.Store(t.seq)
	t.s.events.Add(t.written)
	t.s.bytes.Add(t.grown)
	t.s.letterBytes.Add(t.buried)
	if t.s.opts.OnCommit != nil {
		t.s.opts.OnCommit(t.written > 0)
	}
	return nil
}

// rollback undoes the transaction. After some errors SQLite has already done so.
func (t *txn) rollback() error {
	err := t.run(`ROLLBACK`)
	if err != nil && strings.Contains(err.Error(), "no transaction is active") {
		return nil
	}
	return err
}

// exec runs a statement and returns how many rows it changed.
func (t *txn) exec(query string, args ...any) (int64, error) {
	r, err := t.s.writer.ExecContext(t.ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

// run is exec without the count.
func (t *txn) run(query string, args ...any) error {
	_, err := t.s.writer.ExecContext(t.ctx, query, args...)
	return err
}

func (t *txn) row(query string, args ...any) *sql.Row {
	return t.s.writer.QueryRowContext(t.ctx, query, args...)
}

// found scans a row into dest and reports whether there was one.
func (t *txn) found(row *sql.Row, dest ...any) (bool, error) {
	err := row.Scan(dest...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// queryer reads rows: the pool of readers, or a transaction.
type queryer interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// collect reads all rows of a query with scan.
func collect[T any](ctx context.Context, q queryer, scan func(*sql.Rows) (T, error), query string, args ...any) ([]T, error) {
	return collectInto(ctx, nil, q, scan, query, args...)
}

// collectInto is collect for a slice that has room.
func collectInto[T any](ctx context.Context, all []T, q queryer, scan func(*sql.Rows) (T, error), query string, args ...any) ([]T, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, classify(err)
	}
	defer rows.Close()
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, classify(err)
		}
		all = append(all, v)
	}
	return all, classify(rows.Err())
}
