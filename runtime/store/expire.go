package store

import (
	"context"
	"database/sql"

	"github.com/wasession/wasession/runtime/chat"
)

// expireChunk is how many messages a transaction removes at most.
const expireChunk = 500

// Expire removes messages older than before (unix seconds) in chunks, and
// returns how many. Chats stay, and so do messages that wait to be sent. Events
// that refer to the messages keep what they show.
func (s *Store) Expire(ctx context.Context, before int64) (removed int, err error) {
	for {
		n, err := s.expire(ctx, before)
		if removed += n; err != nil || n < expireChunk {
			return removed, err
		}
	}
}

func (s *Store) expire(ctx context.Context, before int64) (n int, err error) {
	err = s.write(ctx, func(t *txn) error {
		if err := t.catchUp(); err != nil {
			return err
		}
		// One index range for each state that a message can have.
		for _, st := range states(chat.MessageQuery{}) {
			const old = `SELECT pk FROM messages INDEXED BY messages_by_state WHERE late = 0 AND from_me = ? AND ack = ? AND ts < ?
				AND NOT EXISTS (SELECT 1 FROM waiting WHERE message = messages.pk) ORDER BY ts LIMIT ?`
			pks, err := collect(t.ctx, t.s.writer, scanInt, old, st.fromMe, st.ack, before, expireChunk-n)
			if err != nil {
				return err
			}
			for _, pk := range pks {
				if err := t.expire(pk); err != nil {
					return err
				}
			}
			if n += len(pks); n >= expireChunk {
				return nil
			}
		}
		return nil
	})
	return n, err
}

func (t *txn) expire(pk int64) error {
	var chatPK, last, ownLast int64
	if err := t.row(`SELECT m.chat, COALESCE(c.last, 0) = m.pk, COALESCE(a.own_last, 0) = m.pk
		FROM messages m LEFT JOIN chats c ON c.pk = m.chat LEFT JOIN chats a ON a.pk = m.arrived WHERE m.pk = ?`, pk).
		Scan(&chatPK, &last, &ownLast); err != nil {
		return err
	}
	if err := t.keepEvents(`m.pk = ?`, pk); err != nil {
		return err
	}
	if err := t.run(`DELETE FROM messages WHERE pk = ?`, pk); err != nil {
		return err
	}
	if last == 0 && ownLast == 0 {
		return nil
	}
	// The chat keeps its place in the lists, by the time of the removed
	// message.
	if err := t.run(`UPDATE chats SET last = (SELECT pk FROM messages WHERE chat = ?1 ORDER BY ts DESC, pk DESC LIMIT 1) WHERE pk = ?1`, chatPK); err != nil {
		return err
	}
	return t.run(`UPDATE chats SET own_last = (SELECT m.pk FROM messages m WHERE m.chat = ?1 AND m.arrived = chats.pk ORDER BY m.ts DESC, m.pk DESC LIMIT 1)
		WHERE (pk = ?1 OR merged_into = ?1) AND apart = 1`, chatPK)
}

func scanInt(rows *sql.Rows) (n int64, err error) {
	err = rows.Scan(&n)
	return n, err
}
