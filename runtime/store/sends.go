package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/wasession/wasession/runtime/chat"
)

// keepSends is how long a request key is remembered.
const keepSends = 24 * time.Hour

// ClaimSend claims a key for a request. If the key was claimed before, it
// returns the earlier request, and isNew is false. Keys expire after a day.
func (s *Store) ClaimSend(ctx context.Context, want chat.SendKey) (have chat.SendKey, isNew bool, err error) {
	err = s.write(ctx, func(t *txn) error {
		if err := t.run(`DELETE FROM sends WHERE at < ?`, t.steady-int64(keepSends.Seconds())); err != nil {
			return err
		}
		n, err := t.exec(`INSERT INTO sends (key, fingerprint, stanza, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`,
			want.Key, want.Fingerprint, want.Stanza, t.steady)
		if err != nil {
			return err
		}
		isNew = n > 0
		have, err = first(collect(t.ctx, t.s.writer, scanSend, `SELECT key, fingerprint, stanza, status, answer FROM sends WHERE key = ?`, want.Key))
		return err
	})
	return have, isNew, err
}

func scanSend(rows *sql.Rows) (k chat.SendKey, err error) {
	err = rows.Scan(&k.Key, &k.Fingerprint, &k.Stanza, &k.Status, &k.Answer)
	return k, err
}

// AnswerSend stores the response to the request with a key.
func (s *Store) AnswerSend(ctx context.Context, key string, status int, answer []byte) error {
	return s.write(ctx, func(t *txn) error {
		return t.run(`UPDATE sends SET status = ?, answer = ? WHERE key = ?`, status, notNil(answer), key)
	})
}

// ReleaseSend frees a key whose request failed.
func (s *Store) ReleaseSend(ctx context.Context, key string) error {
	return s.write(ctx, func(t *txn) error { return t.run(`DELETE FROM sends WHERE key = ?`, key) })
}
