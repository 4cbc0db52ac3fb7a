package store

import (
	"context"
	"database/sql"

	"github.com/wasession/wasession/runtime/chat"
)

// pruneChunk is how many events a transaction removes at most: pruning does
// not hold up what arrives.
const pruneChunk = 500

// fullOutbox is what a dead letter says that no attempt was made at.
const fullOutbox = "the outbox was full before the event could be delivered"

// Prune keeps the outbox within its bounds. Events that every webhook has
// settled go when they are older than the retention, and so do dead letters.
// While there are more events or bytes than allowed, the oldest events become
// dead letters of the webhooks that still want them; when dead letters take more
// than half of the bytes, the oldest of those go.
func (s *Store) Prune(ctx context.Context, r chat.OutboxRules) (p chat.Pruned, err error) {
	before := r.Now.Add(-r.Retention).UnixMilli()
	for {
		n, err := s.prune(ctx, r, &p, `SELECT seq FROM outbox
			WHERE seq < COALESCE((SELECT seq FROM outbox WHERE ts_ms >= ? ORDER BY seq LIMIT 1), 9223372036854775807)
			AND seq <= (SELECT COALESCE(min(seq), 9223372036854775807) FROM webhooks) ORDER BY seq LIMIT +?`, before, pruneChunk)
		if err != nil {
			return p, err
		}
		if n < pruneChunk {
			break
		}
	}
	if _, err := s.dropLetters(ctx, `failed_at_ms < ? AND replay = 0`, before); err != nil {
		return p, err
	}
	for s.tooMany(r) {
		var n int64
		var err error
		if tooManyEvents(s, r) {
			n, err = s.prune(ctx, r, &p, `SELECT seq FROM outbox ORDER BY seq LIMIT +?`, min(pruneChunk, s.events.Load()-r.MaxEvents))
		} else {
			n, err = s.prune(ctx, r, &p, oldestBytes, eventOverhead, pruneChunk, s.bytes.Load()-r.MaxBytes)
		}
		if err != nil {
			return p, err
		}
		lost, err := s.boundLetters(ctx, r)
		if err != nil {
			return p, err
		}
		if p.Lost += lost; n == 0 && lost == 0 {
			break
		}
	}
	return p, nil
}

// Overfull says whether the outbox is beyond its bounds.
func (s *Store) Overfull(r chat.OutboxRules) bool { return s.tooMany(r) }

// oldestBytes are the oldest events that together have a number of bytes.
const oldestBytes = `SELECT seq FROM (SELECT seq, sum(length(payload) + ?) OVER (ORDER BY seq ROWS UNBOUNDED PRECEDING EXCLUDE CURRENT ROW) AS before
	FROM (SELECT seq, payload FROM outbox ORDER BY seq LIMIT +?)) WHERE COALESCE(before, 0) < ?`

func tooManyEvents(s *Store, r chat.OutboxRules) bool {
	return r.MaxEvents > 0 && s.events.Load() > r.MaxEvents
}

func (s *Store) tooMany(r chat.OutboxRules) bool {
	return tooManyEvents(s, r) || r.MaxBytes > 0 && s.bytes.Load() > r.MaxBytes
}

// prune removes the events that a query names, and makes dead letters of them
// for the webhooks that have not settled them.
func (s *Store) prune(ctx context.Context, r chat.OutboxRules, p *chat.Pruned, query string, args ...any) (removed int64, err error) {
	var size, letters, letterBytes int64
	err = s.write(ctx, func(t *txn) error {
		if err := t.row(`SELECT count(*), COALESCE(sum(length(payload)), 0) FROM outbox WHERE seq IN (`+query+`)`, args...).
			Scan(&removed, &size); err != nil || removed == 0 {
			return err
		}
		if letters, letterBytes, err = t.giveUp(r, query, args...); err != nil {
			return err
		}
		return t.run(`DELETE FROM outbox WHERE seq IN (`+query+`)`, args...)
	})
	if err != nil {
		return 0, err
	}
	s.events.Add(-removed)
	s.bytes.Add(letterBytes + letters*eventOverhead - size - removed*eventOverhead)
	p.DeadLetters += letters
	return removed, nil
}

// giveUp makes dead letters of the events that a query names, for each webhook
// that wants them and has not settled them.
func (t *txn) giveUp(r chat.OutboxRules, query string, args ...any) (letters, size int64, err error) {
	type unsettled struct {
		webhook, event string
		seq, bytes     int64
	}
	all, err := collect(t.ctx, t.s.writer, func(rows *sql.Rows) (u unsettled, err error) {
		err = rows.Scan(&u.webhook, &u.event, &u.seq, &u.bytes)
		return u, err
	}, `SELECT w.key, o.event, o.seq, length(o.payload) FROM outbox o CROSS JOIN webhooks w ON w.seq < o.seq
		WHERE o.seq IN (`+query+`) ORDER BY o.seq`, args...)
	if err != nil {
		return 0, 0, err
	}
	for _, u := range all {
		if r.Wants != nil && !r.Wants(u.webhook, u.event) {
			continue
		}
		c := chat.Cursor{Webhook: u.webhook, LastError: fullOutbox}
		if err := t.bury(c, u.seq); err != nil {
			return 0, 0, err
		}
		letters, size = letters+1, size+u.bytes
	}
	return letters, size, nil
}

// boundLetters removes the oldest dead letters while they take more than half
// of the bytes, and says how many went.
func (s *Store) boundLetters(ctx context.Context, r chat.OutboxRules) (lost int64, err error) {
	if r.MaxBytes <= 0 {
		return 0, nil
	}
	for {
		var n, size int64
		if err := s.read.QueryRowContext(ctx, `SELECT count(*), COALESCE(sum(length(payload)), 0) FROM dead_letters`).Scan(&n, &size); err != nil {
			return lost, classify(err)
		}
		if n == 0 || size+n*eventOverhead <= r.MaxBytes/2 {
			return lost, nil
		}
		removed, err := s.dropLetters(ctx, `pk IN (SELECT pk FROM dead_letters ORDER BY pk LIMIT ?)`, min(pruneChunk, n))
		if err != nil {
			return lost, err
		}
		lost += removed
	}
}

// dropLetters removes the dead letters of a condition.
func (s *Store) dropLetters(ctx context.Context, condition string, args ...any) (removed int64, err error) {
	var size int64
	if err := s.write(ctx, func(t *txn) error {
		if err := t.row(`SELECT count(*), COALESCE(sum(length(payload)), 0) FROM dead_letters WHERE `+condition, args...).
			Scan(&removed, &size); err != nil || removed == 0 {
			return err
		}
		return t.run(`DELETE FROM dead_letters WHERE `+condition, args...)
	}); err != nil {
		return 0, err
	}
	s.bytes.Add(-size - removed*eventOverhead)
	return removed, nil
}
