package store

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/wasession/wasession/runtime/chat"
)

const eventColumns = `o.seq, o.id, o.event, o.payload, o.ts_ms, ` + thinColumns

// pageBytes bounds the payloads of a page of events; a page holds at least one.
const pageBytes = 4 << 20

// EventsFrom returns the events after a position in the outbox, at most max,
// and fewer if they are large.
func (s *Store) EventsFrom(ctx context.Context, seq int64, max int) ([]chat.StoredEvent, error) {
	return s.eventsOf(ctx, `o.seq > ? ORDER BY o.seq`, seq, max)
}

// EventsAfter returns the events after the one with an id, like EventsFrom. For
// an id that was pruned or never existed it returns those with greater ids; for
// an empty one, all.
func (s *Store) EventsAfter(ctx context.Context, id string, max int) ([]chat.StoredEvent, error) {
	return s.eventsOf(ctx, `o.id > ? ORDER BY o.id`, id, max)
}

func (s *Store) eventsOf(ctx context.Context, where string, after any, max int) ([]chat.StoredEvent, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT `+eventColumns+` FROM outbox o`+thinJoins+` WHERE `+where+` LIMIT +?`, after, limit(max))
	if err != nil {
		return nil, classify(err)
	}
	defer rows.Close()
	var page []chat.StoredEvent
	for size := 0; size < pageBytes && rows.Next(); {
		var e chat.StoredEvent
		var r thin
		var ms int64
		if err := rows.Scan(append([]any{&e.Seq, &e.ID, &e.Name, &e.Payload, &ms}, r.dest()...)...); err != nil {
			return nil, classify(err)
		}
		e.At = fromMillis(ms)
		e.Payload, e.Problem = r.payload(s, e.Name, e.Payload)
		size += len(e.Payload)
		page = append(page, e)
	}
	return page, classify(rows.Err())
}

// LastSeq returns the newest event's position in the outbox; 0 before the
// first.
func (s *Store) LastSeq(ctx context.Context) (seq int64, err error) {
	err = s.read.QueryRowContext(ctx, `SELECT `+lastSeq).Scan(&seq)
	return seq, classify(err)
}

// lastSeq selects the position of the newest event there ever was.
const lastSeq = `COALESCE((SELECT seq FROM sqlite_sequence WHERE name = 'outbox'), 0)`

// loadOutbox loads the counters of the outbox.
func (s *Store) loadOutbox(ctx context.Context) error {
	var events, bytes, letters, letterBytes int64
	var newest sql.NullString
	if err := s.writer.QueryRowContext(ctx, `SELECT count(*), COALESCE(sum(length(payload)), 0), max(id) FROM outbox`).
		Scan(&events, &bytes, &newest); err != nil {
		return fmt.Errorf("outbox: %w", err)
	}
	if err := s.writer.QueryRowContext(ctx, `SELECT count(*), COALESCE(sum(length(payload)), 0) FROM dead_letters`).
		Scan(&letters, &letterBytes); err != nil {
		return fmt.Errorf("dead letters: %w", err)
	}
	s.events.Store(events)
	s.bytes.Store(bytes + events*eventOverhead)
	s.letterBytes.Store(letterBytes + letters*eventOverhead)
	s.ulids.after(newest.String)
	return nil
}

// OutboxStats returns the outbox's figures.
func (s *Store) OutboxStats(ctx context.Context) (chat.OutboxStats, error) {
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
	}, `SELECT w.key, (SELECT count(*) FROM outbox o WHERE o.seq > w.seq) FROM webhooks w`)
	for _, p := range all {
		stats.Pending[p.key] = p.n
	}
	return stats, err
}
