package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/wasession/wasession/runtime/chat"
)

// Webhook returns a webhook's cursor. A new webhook starts after the newest
// event: it gets what happens from now on.
func (s *Store) Webhook(ctx context.Context, key string) (chat.Cursor, error) {
	c, err := s.cursor(ctx, key)
	if !errors.Is(err, chat.ErrNotFound) {
		return c, err
	}
	if err := s.write(ctx, func(t *txn) error {
		return t.run(`INSERT OR IGNORE INTO webhooks (key, seq) VALUES (?, ?)`, key, t.seq)
	}); err != nil {
		return chat.Cursor{}, err
	}
	return s.cursor(ctx, key)
}

// NameWebhook gives a webhook another key, with its cursor and its dead letters. It
// changes nothing if there is no such webhook, or already one with the new key.
func (s *Store) NameWebhook(ctx context.Context, from, to string) error {
	if _, err := s.cursor(ctx, from); err != nil {
		if errors.Is(err, chat.ErrNotFound) {
			return nil
		}
		return err
	}
	return s.write(ctx, func(t *txn) error {
		// Dead letters refer to the row, so there are both of them for a moment.
		n, err := t.exec(`INSERT OR IGNORE INTO webhooks (key, seq, attempts, next_at_ms, request_id, error)
			SELECT ?, seq, attempts, next_at_ms, request_id, error FROM webhooks WHERE key = ?`, to, from)
		if err != nil || n == 0 {
			return err
		}
		if err := t.run(`UPDATE dead_letters SET webhook = ? WHERE webhook = ?`, to, from); err != nil {
			return err
		}
		return t.run(`DELETE FROM webhooks WHERE key = ?`, from)
	})
}

func (s *Store) cursor(ctx context.Context, key string) (chat.Cursor, error) {
	return first(collect(ctx, s.read, func(rows *sql.Rows) (c chat.Cursor, err error) {
		var next int64
		err = rows.Scan(&c.Webhook, &c.Seq, &c.Attempts, &next, &c.RequestID, &c.LastError)
		c.NextAt = fromMillis(next)
		return c, err
	}, `SELECT key, seq, attempts, next_at_ms, request_id, error FROM webhooks WHERE key = ?`, key))
}

// KeepWebhooks removes all other webhooks and their dead letters.
func (s *Store) KeepWebhooks(ctx context.Context, keys []string) error {
	if keys == nil {
		keys = []string{}
	}
	list, err := json.Marshal(keys)
	if err != nil {
		return err
	}
	const others = `key NOT IN (SELECT value FROM json_each(?))`
	return s.write(ctx, func(t *txn) error {
		if err := t.dropLetters(`webhook IN (SELECT key FROM webhooks WHERE `+others+`)`, string(list)); err != nil {
			return err
		}
		return t.run(`DELETE FROM webhooks WHERE `+others, string(list))
	})
}

// Advance marks a webhook's events after one position up to another as settled;
// it never goes back. It returns chat.ErrNotFound if the webhook is not known
// (any more). Events that were delivered while they became dead letters of a
// full outbox are not dead letters.
func (s *Store) Advance(ctx context.Context, webhook string, after, through int64) error {
	return s.write(ctx, func(t *txn) error {
		n, err := t.exec(`UPDATE webhooks SET seq = ?1, attempts = 0, next_at_ms = 0, request_id = '', error = ''
			WHERE key = ?2 AND seq = ?3 AND seq < ?1`, through, webhook, after)
		if err != nil || n > 0 {
			return err
		}
		if _, err := t.advance(webhook, through); err != nil {
			return err
		}
		return t.dropLetters(`webhook = ? AND replay = 0 AND seq > ? AND seq <= ?`, webhook, after, through)
	})
}

// Moves increases when pruning begins to move webhooks past removed events, when
// it is odd, and again when pruning has ended.
func (s *Store) Moves() uint64 { return s.moves.Load() }

// advance reports whether the webhook was behind seq.
func (t *txn) advance(webhook string, seq int64) (moved bool, err error) {
	n, err := t.exec(`UPDATE webhooks SET seq = ?1, attempts = 0, next_at_ms = 0, request_id = '', error = ''
		WHERE key = ?2 AND seq < ?1`, seq, webhook)
	if err != nil || n > 0 {
		return n > 0, err
	}
	known, err := t.found(t.row(`SELECT 1 FROM webhooks WHERE key = ?`, webhook), new(int64))
	if err == nil && !known {
		err = fmt.Errorf("webhook %q: %w", webhook, chat.ErrNotFound)
	}
	return false, err
}

// Retry stores a failed attempt, or the beginning of one (with its request id):
// all of the cursor except Seq. If the webhook has moved on from Seq meanwhile,
// nothing changes.
func (s *Store) Retry(ctx context.Context, c chat.Cursor) error {
	return s.write(ctx, func(t *txn) error {
		return t.run(`UPDATE webhooks SET attempts = ?, next_at_ms = ?, request_id = ?, error = ? WHERE key = ? AND seq = ?`,
			c.Attempts, millis(c.NextAt), c.RequestID, c.LastError, c.Webhook, c.Seq)
	})
}

// Deadletter makes the event seq a dead letter of a webhook, with the cursor's
// attempts, request id and error, and advances past it, in one transaction.
func (s *Store) Deadletter(ctx context.Context, c chat.Cursor, seq int64) error {
	return s.write(ctx, func(t *txn) error {
		if err := t.bury(c, seq); err != nil {
			return err
		}
		_, err := t.advance(c.Webhook, seq)
		return err
	})
}

// bury writes a dead letter of the event seq, unless the webhook has settled it.
func (t *txn) bury(c chat.Cursor, seq int64) error {
	var row, size, idMS int64
	var name, id string
	unsettled, err := t.found(t.row(`SELECT seq, event, COALESCE(id, ''), COALESCE(id_ms, ts_ms), COALESCE(length(payload), 0) FROM outbox
		WHERE seq IN (?1, ?1 - 1) AND seq + more >= ?1 AND ?1 > (SELECT w.seq FROM webhooks w WHERE w.key = ?2) ORDER BY seq DESC LIMIT 1`,
		seq, c.Webhook), &row, &name, &id, &idMS, &size)
	if err != nil || !unsettled {
		return err
	}
	if row != seq {
		name = chat.EventMessage
	}
	if id == "" {
		id = t.s.salt.id(idMS, seq)
	}
	t.buried += size + letterOverhead
	return t.run(`INSERT INTO dead_letters (webhook, seq, event_id, event, payload, ts_ms, message, chat, participant, ack,
			attempts, request_id, error, failed_at_ms)
		SELECT ?, ?, ?, ?, COALESCE(payload, x''), ts_ms, message, chat, participant, ack, ?, ?, ?, ? FROM outbox WHERE seq = ?`,
		c.Webhook, seq, id, name, c.Attempts, c.RequestID, c.LastError, t.s.now().UnixMilli(), row)
}
