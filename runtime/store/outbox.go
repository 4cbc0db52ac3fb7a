package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"

	"github.com/wasession/wasession/runtime/chat"
)

const eventColumns = `o.seq, o.more, o.event, o.ts_ms, COALESCE(o.id_ms, o.ts_ms), COALESCE(o.id, ''), o.payload, ` + thinColumns

// pageBytes bounds the payloads of a page of events; a page holds at least one.
const pageBytes = 4 << 20

// EventsFrom returns the events after a position in the outbox, at most max,
// and fewer if they are large.
func (s *Store) EventsFrom(ctx context.Context, seq int64, max int) ([]chat.StoredEvent, error) {
	most := limit(max)
	if most > 0 {
		most++ // the first row may have no event after seq
	}
	rows, err := s.read.QueryContext(ctx, `SELECT `+eventColumns+` FROM outbox o`+thinJoins+`
		WHERE o.seq >= ? ORDER BY o.seq LIMIT +?`, seq, most)
	if err != nil {
		return nil, classify(err)
	}
	defer rows.Close()
	var page []chat.StoredEvent
	for size := 0; size < pageBytes && (max <= 0 || len(page) < max) && rows.Next(); {
		var r storedRow
		if err := rows.Scan(r.dest()...); err != nil {
			return nil, classify(err)
		}
		for n := range r.more + 1 {
			if r.seq+n <= seq || max > 0 && len(page) == max {
				continue
			}
			e := r.event(s, n)
			size += len(e.Payload)
			page = append(page, e)
		}
	}
	return page, classify(rows.Err())
}

// storedRow takes eventColumns.
type storedRow struct {
	seq, more, ms, idMS int64
	name, id            string
	payload             []byte
	thin                thin
}

func (r *storedRow) dest() []any {
	return append([]any{&r.seq, &r.more, &r.name, &r.ms, &r.idMS, &r.id, &r.payload}, r.thin.dest()...)
}

// event is the row's first event, or its second.
func (r *storedRow) event(s *Store, n int64) chat.StoredEvent {
	e := chat.StoredEvent{Seq: r.seq + n, ID: r.id, Name: r.name, At: fromMillis(r.ms)}
	if n > 0 {
		e.Name = chat.EventMessage
	}
	if e.ID == "" {
		e.ID = s.salt.id(r.idMS, e.Seq)
	}
	e.Payload, e.Problem = r.thin.payload(s, e.Name, r.payload)
	return e
}

// EventsAfter returns the events after the one with an id, like EventsFrom. For
// an id that was pruned or never existed it returns those with greater ids; for
// an empty one, all.
func (s *Store) EventsAfter(ctx context.Context, id string, max int) ([]chat.StoredEvent, error) {
	seq, err := s.placeOf(ctx, id)
	if err != nil {
		return nil, err
	}
	return s.EventsFrom(ctx, seq, max)
}

// placeOf returns the position of the last event whose id is not greater, or 0.
// Ids sort as positions do, so a binary search finds it.
func (s *Store) placeOf(ctx context.Context, id string) (int64, error) {
	low, high := int64(0), s.seq.Load()
	for low < high {
		middle := low + (high-low+1)/2
		var seq, more, ms int64
		var stored string
		err := s.read.QueryRowContext(ctx, `SELECT seq, more, COALESCE(id_ms, ts_ms), COALESCE(id, '') FROM outbox
			WHERE seq <= ? ORDER BY seq DESC LIMIT 1`, middle).Scan(&seq, &more, &ms, &stored)
		if errors.Is(err, sql.ErrNoRows) {
			low = middle // pruned
			continue
		}
		if err != nil {
			return 0, classify(err)
		}
		for n := range more + 1 {
			one := stored
			if one == "" {
				one = s.salt.id(ms, seq+n)
			}
			switch {
			case one > id:
				high = min(high, seq+n-1)
			case n < more:
				low = max(low, seq+n)
			default:
				low = middle // no other row up to middle
			}
		}
	}
	return low, nil
}

// LastSeq returns the newest event's position in the outbox; 0 before the
// first.
func (s *Store) LastSeq(ctx context.Context) (seq int64, err error) {
	return s.seq.Load(), ctx.Err()
}

// lastEvent is the setting that keeps the newest position when its event is
// removed, so that positions are never reused.
const lastEvent = "last-event"

// loadOutbox loads the counters of the outbox.
func (s *Store) loadOutbox(ctx context.Context) error {
	var letters, letterBytes, seq, idMS, gone int64
	var id, salt, last string
	err := s.writer.QueryRowContext(ctx, `SELECT seq + more, COALESCE(id_ms, ts_ms), COALESCE(id, '') FROM outbox ORDER BY seq DESC LIMIT 1`).
		Scan(&seq, &idMS, &id)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("outbox: %w", err)
	}
	if id != "" {
		idMS = idTime(id) + 1 // any id of that millisecond may be less
	}
	if err := s.writer.QueryRowContext(ctx, `SELECT (SELECT value FROM settings WHERE name = 'event-salt'),
		COALESCE((SELECT value FROM settings WHERE name = ?), '0')`, lastEvent).Scan(&salt, &last); err != nil {
		return fmt.Errorf("outbox: %w", err)
	}
	if s.salt, err = parseSalt(salt); err != nil {
		return err
	}
	if gone, err = strconv.ParseInt(last, 10, 64); err != nil {
		return fmt.Errorf("%w: setting %s: %w", ErrDamaged, lastEvent, err)
	}
	if err := s.writer.QueryRowContext(ctx, `SELECT count(*), COALESCE(sum(length(payload)), 0) FROM dead_letters`).
		Scan(&letters, &letterBytes); err != nil {
		return fmt.Errorf("dead letters: %w", err)
	}
	s.letterBytes.Store(letterBytes + letters*letterOverhead)
	s.seq.Store(max(seq, gone))
	s.idMS = idMS
	return s.startTally(ctx)
}

// OutboxStats returns the outbox's figures.
func (s *Store) OutboxStats(ctx context.Context) (chat.OutboxStats, error) {
	if err := s.counted(ctx); err != nil {
		return chat.OutboxStats{}, err
	}
	stats := chat.OutboxStats{Events: s.events.Load(), Bytes: s.bytes.Load() + s.letterBytes.Load(), Pending: map[string]int64{}}
	var oldest int64
	if err := s.read.QueryRowContext(ctx, `SELECT COALESCE((SELECT ts_ms FROM outbox ORDER BY seq LIMIT 1), 0),
		(SELECT count(*) FROM dead_letters)`).Scan(&oldest, &stats.DeadLetters); err != nil {
		return stats, classify(err)
	}
	stats.Oldest = fromMillis(oldest)
	type pending struct {
		key string
		n   int64
	}
	all, err := collect(ctx, s.read, func(rows *sql.Rows) (p pending, err error) {
		err = rows.Scan(&p.key, &p.n)
		return p, err
	}, `SELECT w.key, (SELECT COALESCE(sum(1 + o.more), 0) FROM outbox o WHERE o.seq > w.seq)
		+ (SELECT count(*) FROM outbox o WHERE o.seq = w.seq AND o.more = 1) FROM webhooks w`)
	for _, p := range all {
		stats.Pending[p.key] = p.n
	}
	return stats, err
}
