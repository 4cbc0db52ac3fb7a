package store

import (
	"context"
	"database/sql"
	"errors"
)

// tally counts the outbox while the store is already in use: a week of a busy number
// takes a tenth of a second, which the start should not wait for.
type tally struct {
	stop context.CancelFunc
	// done is closed when the counters are complete.
	done chan struct{}
}

// outboxTotals selects the events and bytes of the outbox.
const outboxTotals = `SELECT COALESCE(sum(1 + more), 0), COALESCE(sum(COALESCE(length(payload), 0) + ?), 0) FROM outbox`

// startTally starts to count what is in the outbox now. What commits change from now
// on they add themselves: nothing may be written before it returns.
func (s *Store) startTally(ctx context.Context) error {
	snapshot, err := s.readers.BeginTx(context.WithoutCancel(ctx), &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return err
	}
	// A snapshot begins with its first read.
	if _, err := snapshot.ExecContext(ctx, `SELECT 1 FROM outbox LIMIT 1`); err != nil {
		return errors.Join(err, snapshot.Rollback())
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	t := &tally{stop: stop, done: make(chan struct{})}
	s.tally = t
	go func() {
		defer close(t.done)
		defer snapshot.Rollback() // nothing was written
		var events, bytes int64
		if err := snapshot.QueryRowContext(ctx, outboxTotals, eventOverhead).Scan(&events, &bytes); err != nil {
			if ctx.Err() == nil {
				s.opts.Logger.Error("Outbox could not be counted; its limits apply to new events only", "error", err)
			}
			return
		}
		s.events.Add(events)
		s.bytes.Add(bytes)
	}()
	return nil
}

// counted waits until the counters of the outbox are complete.
func (s *Store) counted(ctx context.Context) error {
	select {
	case <-s.tally.done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// close stops counting.
func (t *tally) close() {
	t.stop()
	<-t.done
}
