package store

import (
	"context"
	"time"
)

// pruneChunk is how many events a transaction removes at most: pruning does
// not hold up what arrives.
const pruneChunk = 1000

// Prune removes settled events older than retention, and the oldest events of
// all while more than max remain (0: no bound). It returns how many events were
// removed before some webhook had settled them.
func (s *Store) Prune(ctx context.Context, retention time.Duration, max int64) (lost int64, err error) {
	before := s.now().Add(-retention).UnixMilli()
	for {
		removed, n, err := s.prune(ctx, `SELECT seq FROM outbox
			WHERE seq < COALESCE((SELECT seq FROM outbox WHERE ts_ms >= ? ORDER BY seq LIMIT 1), 9223372036854775807)
			AND seq <= (SELECT COALESCE(min(seq), 9223372036854775807) FROM webhooks) ORDER BY seq LIMIT +?`, before, pruneChunk)
		lost += n
		if err != nil || removed < pruneChunk {
			if err != nil {
				return lost, err
			}
			break
		}
	}
	for max > 0 && s.events.Load() > max {
		removed, n, err := s.prune(ctx, `SELECT seq FROM outbox ORDER BY seq LIMIT +?`, min(pruneChunk, s.events.Load()-max))
		lost += n
		if err != nil || removed == 0 {
			return lost, err
		}
	}
	return lost, nil
}

// prune removes the events that a query names; lost are those that some webhook
// had not settled.
func (s *Store) prune(ctx context.Context, query string, args ...any) (removed, lost int64, err error) {
	var size int64
	err = s.write(ctx, func(t *txn) error {
		if err := t.row(`SELECT count(*), COALESCE(sum(length(payload)), 0),
				COALESCE(sum(seq > (SELECT COALESCE(min(seq), 9223372036854775807) FROM webhooks)), 0)
			FROM outbox WHERE seq IN (`+query+`)`, args...).Scan(&removed, &size, &lost); err != nil || removed == 0 {
			return err
		}
		return t.run(`DELETE FROM outbox WHERE seq IN (`+query+`)`, args...)
	})
	if err != nil {
		return 0, 0, err
	}
	s.events.Add(-removed)
	s.bytes.Add(-size)
	return removed, lost, nil
}
