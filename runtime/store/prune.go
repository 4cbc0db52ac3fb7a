package store

import (
	"context"
	"strconv"
	"sync/atomic"

	"github.com/wasession/wasession/runtime/chat"
)

// pruneChunk is the maximum number of events a transaction removes, so that
// pruning does not delay incoming messages.
const pruneChunk = 500

// pruneBytes is roughly the maximum of bytes of events a transaction removes.
const pruneBytes = 8 << 20

// Prune keeps the outbox within its bounds. Events that every webhook has
// settled are removed once they are older than the retention, and so are dead
// letters. While there are more events or bytes than allowed, the oldest events
// become dead letters of the webhooks that still want them. When dead letters
// exceed their half of the bytes, the oldest of them are removed.
func (s *Store) Prune(ctx context.Context, r chat.OutboxRules) (p chat.Pruned, err error) {
	if err := s.counted(ctx); err != nil {
		return p, err
	}
	before := r.Now.Add(-r.Retention).UnixMilli()
	for {
		n, err := s.prune(ctx, r, &p, settledBefore, before, pruneChunk)
		if err != nil {
			return p, err
		}
		if n < pruneChunk {
			break
		}
	}
	if err := s.write(ctx, func(t *txn) error { return t.dropLetters(`failed_at_ms < ? AND replay = 0`, before) }); err != nil {
		return p, err
	}
	for {
		n, err := s.relieve(ctx, r, &p)
		if err != nil {
			return p, err
		}
		// Letters are bounded after each step, so that a large queue that turns
		// into them does not take twice its size.
		lost, err := s.boundLetters(ctx, r)
		if err != nil {
			return p, err
		}
		if p.Lost += lost; n == 0 {
			return p, nil
		}
	}
}

const (
	// settledBefore selects events older than a time that every webhook has
	// settled.
	settledBefore = `SELECT seq FROM outbox
		WHERE seq < COALESCE((SELECT seq FROM outbox WHERE ts_ms >= ? ORDER BY seq LIMIT 1), 9223372036854775807)
		AND seq + more <= (SELECT COALESCE(min(seq), 9223372036854775807) FROM webhooks) ORDER BY seq LIMIT +?`
	oldestEvents = `SELECT seq FROM outbox ORDER BY seq LIMIT +?`
	// oldestBytes and oldestLetters select the oldest that together have at
	// least a number of bytes.
	oldestBytes = `SELECT seq FROM (SELECT seq, sum(size) OVER (ORDER BY seq ROWS UNBOUNDED PRECEDING EXCLUDE CURRENT ROW) AS before
		FROM (SELECT seq, COALESCE(length(payload), 0) + ? AS size FROM outbox ORDER BY seq LIMIT +?)) WHERE COALESCE(before, 0) < ?`
	oldestLetters = `SELECT pk FROM (SELECT pk, sum(size) OVER (ORDER BY pk ROWS UNBOUNDED PRECEDING EXCLUDE CURRENT ROW) AS before
		FROM (SELECT pk, length(payload) + ? AS size FROM dead_letters ORDER BY pk LIMIT +?)) WHERE COALESCE(before, 0) < ?`
)

// Overfull reports whether the outbox exceeds its limits.
func (s *Store) Overfull(r chat.OutboxRules) bool {
	return s.excessEvents(r) > 0 || excessBytes(&s.bytes, r) > 0 || excessBytes(&s.letterBytes, r) > 0
}

// excessEvents returns how many events there are beyond the limit.
func (s *Store) excessEvents(r chat.OutboxRules) int64 {
	if r.MaxEvents <= 0 {
		return 0
	}
	return max(0, s.events.Load()-r.MaxEvents)
}

// excessBytes returns by how much events, or dead letters, exceed their half.
func excessBytes(taken *atomic.Int64, r chat.OutboxRules) int64 {
	if r.MaxBytes <= 0 {
		return 0
	}
	return max(0, taken.Load()-r.MaxBytes/2)
}

// relieve removes some of the events beyond the bounds and returns how many.
func (s *Store) relieve(ctx context.Context, r chat.OutboxRules, p *chat.Pruned) (int64, error) {
	if n := s.excessEvents(r); n > 0 {
		return s.prune(ctx, r, p, oldestEvents, min(pruneChunk, (n+1)/2)) // a row is up to two
	}
	if n := excessBytes(&s.bytes, r); n > 0 {
		return s.prune(ctx, r, p, oldestBytes, eventOverhead, pruneChunk, min(pruneBytes, n))
	}
	return 0, nil
}

// prune removes the events that a query names, and makes dead letters of them
// for the webhooks that have not settled them.
func (s *Store) prune(ctx context.Context, r chat.OutboxRules, p *chat.Pruned, query string, args ...any) (removed int64, err error) {
	var letters int64
	err = s.write(ctx, func(t *txn) error {
		var size, events int64
		if err := t.row(`SELECT count(*), COALESCE(sum(1 + more), 0), COALESCE(sum(length(payload)), 0) FROM outbox WHERE seq IN (`+query+`)`, args...).
			Scan(&removed, &events, &size); err != nil || removed == 0 {
			return err
		}
		if letters, err = t.giveUp(r, query, args...); err != nil {
			return err
		}
		t.grown -= size + removed*eventOverhead
		t.written -= events
		if err := t.run(`DELETE FROM outbox WHERE seq IN (`+query+`)`, args...); err != nil {
			return err
		}
		return t.run(`INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)`, lastEvent, strconv.FormatInt(t.seq, 10))
	})
	if err != nil {
		return 0, err
	}
	p.DeadLetters += letters
	return removed, nil
}

// boundLetters removes the oldest dead letters while they exceed their half of
// the bytes, and returns how many it removed.
func (s *Store) boundLetters(ctx context.Context, r chat.OutboxRules) (lost int64, err error) {
	for {
		n := excessBytes(&s.letterBytes, r)
		if n == 0 {
			return lost, nil
		}
		var removed int64
		if err := s.write(ctx, func(t *txn) error {
			removed, err = t.countAndDropLetters(`pk IN (`+oldestLetters+`)`, letterOverhead, pruneChunk, n)
			return err
		}); err != nil || removed == 0 {
			return lost, err
		}
		lost += removed
	}
}
