package store

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"time"

	"github.com/wasession/wasession/runtime/chat"
)

// linkedAt is the setting that says when the account was linked for the first time.
const linkedAt = "linked-at"

// NoteLinked stores when the account was linked, unless that is known.
func (s *Store) NoteLinked(ctx context.Context, at time.Time) error {
	since, err := s.linkedSince(ctx)
	if err != nil || !since.IsZero() {
		return err
	}
	return s.write(ctx, func(t *txn) error {
		return t.run(`INSERT OR IGNORE INTO settings (name, value) VALUES (?, ?)`, linkedAt, strconv.FormatInt(at.Unix(), 10))
	})
}

func (s *Store) linkedSince(ctx context.Context) (time.Time, error) {
	var at int64
	err := s.read.QueryRowContext(ctx, `SELECT CAST(value AS INTEGER) FROM settings WHERE name = ?`, linkedAt).Scan(&at)
	if errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, nil
	}
	return time.Unix(at, 0), classify(err)
}

// Sending returns what decides when a message may be sent. Sent is empty unless limits
// is set.
func (s *Store) Sending(ctx context.Context, limits bool) (out chat.Sending, err error) {
	if limits {
		if out.Since, err = s.linkedSince(ctx); err != nil {
			return out, err
		}
		if out.Sent, err = collect(ctx, s.read, scanSent, `SELECT COALESCE(p.id, i.id), s.at_ms, s.fresh FROM paced s
			JOIN ids i ON i.pk = s.chat LEFT JOIN ids p ON p.pk = i.phone ORDER BY s.at_ms`); err != nil {
			return out, err
		}
	}
	// Nearly always nothing waits, and a query for each send would tell so.
	queued := s.queued.Load()
	if s.noneQueued.Load() == queued {
		return out, nil
	}
	// Whether a chat is known is asked once for each chat, not for each message: the answer
	// takes longer the more of its messages wait.
	out.Waiting, err = collect(ctx, s.read, scanWaiting, `WITH judged AS MATERIALIZED (SELECT c.pk, c.id, NOT (`+isKnown+`) AS fresh
			FROM chats c WHERE c.pk IN (SELECT m.chat FROM waiting w CROSS JOIN messages m ON m.pk = w.message))
		SELECT j.id, m.stanza, COALESCE(pp.id, mp.id, ''), m.ts, j.fresh, w.tries, w.retry_ms
		FROM waiting w CROSS JOIN messages m ON m.pk = w.message CROSS JOIN judged j ON j.pk = m.chat
		LEFT JOIN ids mp ON mp.pk = NULLIF(m.participant, 0) LEFT JOIN ids pp ON pp.pk = mp.phone ORDER BY w.message`)
	if err == nil && len(out.Waiting) == 0 {
		s.noneQueued.Store(queued)
	}
	return out, err
}

// isKnown is the condition that the chat c has, or had, a message that was sent or
// received: one that waits, or could not be sent, is none.
const isKnown = `c.conv_ts > 0 OR c.cleared_ts > 0 OR c.ts > 0 AND NOT EXISTS (SELECT 1 FROM messages k WHERE k.chat = c.pk)
	OR EXISTS (SELECT 1 FROM messages k WHERE k.chat = c.pk AND NOT (k.from_me = 1 AND k.ack = -1)
		AND NOT EXISTS (SELECT 1 FROM waiting v WHERE v.message = k.pk))`

func scanSent(rows *sql.Rows) (s chat.Sent, err error) {
	var ms int64
	err = rows.Scan((*text)(&s.Chat), &ms, &s.New)
	s.At = time.UnixMilli(ms)
	return s, err
}

func scanWaiting(rows *sql.Rows) (w chat.Waiting, err error) {
	var ts, retryMS int64
	err = rows.Scan((*text)(&w.ID.Chat), &w.ID.Stanza, (*text)(&w.ID.Participant), &ts, &w.New, &w.Tries, &retryMS)
	w.ID.FromMe, w.QueuedAt = true, time.Unix(ts, 0)
	if w.Tries > 0 {
		w.RetryAt = time.UnixMilli(retryMS)
	}
	return w, err
}

// Destination returns the chat that a message to an id goes to, as Sending names it, and
// whether the chat is new: nothing was sent or received there.
func (s *Store) Destination(ctx context.Context, id chat.ID) (to chat.ID, isNew bool, err error) {
	p, err := lookup(ctx, s.read, id)
	if errors.Is(err, chat.ErrNotFound) {
		return id, true, nil
	}
	if err != nil {
		return "", false, err
	}
	p = p.canonical()
	err = s.read.QueryRowContext(ctx, `SELECT NOT EXISTS (SELECT 1 FROM chats c WHERE c.pk = ? AND (`+isKnown+`))`, p.pk).Scan(&isNew)
	return p.id, isNew, classify(err)
}

// IsWaiting reports whether a message waits to be sent.
func (s *Store) IsWaiting(ctx context.Context, stanza string) (waits bool, err error) {
	err = s.read.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM waiting w CROSS JOIN messages m ON m.pk = w.message WHERE m.stanza = ?)`, stanza).Scan(&waits)
	return waits, classify(err)
}

// CountWaiting counts the messages that wait to be sent.
func (s *Store) CountWaiting(ctx context.Context) (n int, err error) {
	err = s.read.QueryRowContext(ctx, `SELECT count(*) FROM waiting`).Scan(&n)
	return n, classify(err)
}
