package store

import (
	"context"
	"time"

	"github.com/wasession/wasession/runtime/chat"
)

// How far back limits reach.
const (
	pacedAll   = time.Minute
	pacedFresh = 24 * time.Hour
)

// NoteSent stores that a message is sent now, and forgets what no limit asks for any
// more.
func (s *Store) NoteSent(ctx context.Context, sent chat.Sent) error {
	return s.write(ctx, func(t *txn) error { return t.noteSent(sent) })
}

func (t *txn) noteSent(sent chat.Sent) error {
	pk, err := t.canonicalPK(sent.Chat)
	if err != nil {
		return err
	}
	if err := t.run(`DELETE FROM paced WHERE at_ms < ? AND (fresh = 0 OR at_ms < ?)`,
		sent.At.Add(-pacedAll).UnixMilli(), sent.At.Add(-pacedFresh).UnixMilli()); err != nil {
		return err
	}
	return t.run(`INSERT INTO paced (chat, at_ms, fresh) VALUES (?, ?, ?)`, pk, sent.At.UnixMilli(), number(sent.New))
}

// queueSend stores a message that is sent later. It replaces one with its ID that could
// not be sent.
func (t *txn) queueSend(c chat.SendQueued) error {
	at, err := t.place(c.Message.Chat)
	if err != nil {
		return err
	}
	if err := t.dropFailed(at.chat.pk, c.Message.Stanza); err != nil {
		return err
	}
	if err := t.receive(chat.MessageReceived(c)); err != nil {
		return err
	}
	t.queued = true
	return t.run(`INSERT OR IGNORE INTO waiting (message)
		SELECT pk FROM messages WHERE chat = ? AND stanza = ? AND from_me = 1 AND ack = 0`, at.chat.pk, c.Message.Stanza)
}

// ownStanza returns the account's own messages with an ID: one, if any.
func (t *txn) ownStanza(chatPK int64, stanza string) (own []storedMessage, err error) {
	found, err := t.stanzas(chatPK, stanza)
	for _, m := range found {
		if m.FromMe {
			own = append(own, m)
		}
	}
	return own, err
}

// dropFailed deletes a message that could not be sent, to make room for another with its
// ID.
func (t *txn) dropFailed(chatPK int64, stanza string) error {
	own, err := t.ownStanza(chatPK, stanza)
	if err != nil {
		return err
	}
	for _, m := range own {
		if m.Ack == chat.AckError {
			if err := t.drop(m.pk); err != nil {
				return err
			}
		}
	}
	return nil
}

// drop deletes a message that was never sent. It may be stored again.
func (t *txn) drop(pk int64) error {
	if err := t.keepEvents(`m.pk = ?`, pk); err != nil {
		return err
	}
	return t.run(`DELETE FROM messages WHERE pk = ?`, pk)
}

// endSend ends the wait of a message.
func (t *txn) endSend(c chat.SendEnded) error {
	if err := t.ack(c.AckChanged); err != nil {
		return err
	}
	at, err := t.place(c.Chat)
	if err != nil {
		return err
	}
	for _, stanza := range c.Stanzas {
		if err := t.run(`DELETE FROM waiting WHERE message IN (SELECT pk FROM messages WHERE chat = ? AND stanza = ? AND from_me = 1)`,
			at.chat.pk, stanza); err != nil {
			return err
		}
	}
	return nil
}

// waitingRow finds a message that waits, and how often it was tried.
func (t *txn) waitingRow(id chat.ID, stanza string) (pk int64, tries int, err error) {
	chatPK, err := t.canonicalPK(id)
	if err != nil {
		return 0, 0, err
	}
	there, err := t.found(t.row(`SELECT w.message, w.tries FROM waiting w CROSS JOIN messages m ON m.pk = w.message
		WHERE m.chat = ? AND m.stanza = ?`, chatPK, stanza), &pk, &tries)
	if err == nil && !there {
		err = chat.ErrNotFound
	}
	return pk, tries, err
}

// BeginSend stores that a message that waits is handed to WhatsApp now, and when it may
// be tried again if nothing comes of it. The first time it counts as sent, if that is
// set.
func (s *Store) BeginSend(ctx context.Context, w chat.Waiting, now, retryAt time.Time, count bool) error {
	return s.write(ctx, func(t *txn) error {
		pk, tries, err := t.waitingRow(w.ID.Chat, w.ID.Stanza)
		if err != nil {
			return err
		}
		if count && tries == 0 {
			if err := t.noteSent(chat.Sent{Chat: w.ID.Chat, At: now, New: w.New}); err != nil {
				return err
			}
		}
		return t.run(`UPDATE waiting SET tries = tries + 1, retry_ms = ? WHERE message = ?`, retryAt.UnixMilli(), pk)
	})
}

// TakeBackSend undoes BeginSend for a message that certainly did not leave. What was
// counted stays so.
func (s *Store) TakeBackSend(ctx context.Context, id chat.MessageID) error {
	return s.write(ctx, func(t *txn) error {
		pk, _, err := t.waitingRow(id.Chat, id.Stanza)
		if err != nil {
			return err
		}
		return t.run(`UPDATE waiting SET tries = tries - 1 WHERE message = ?`, pk)
	})
}

// SetSendingBack makes what was sent after now count as sent now, and what is tried again
// after retryAt due then.
func (s *Store) SetSendingBack(ctx context.Context, now, retryAt time.Time) error {
	return s.write(ctx, func(t *txn) error {
		if err := t.run(`UPDATE paced SET at_ms = ?1 WHERE at_ms > ?1`, now.UnixMilli()); err != nil {
			return err
		}
		return t.run(`UPDATE waiting SET retry_ms = ?1 WHERE retry_ms > ?1`, retryAt.UnixMilli())
	})
}

// errBeingSent says that it is too late to cancel a message.
var errBeingSent = chat.Impossible("the message is being sent: delete it once it has been")

// CancelSend removes a message that waits: chat.ErrNotFound if it does not, a
// chat.Impossible if it may have left. A chat that it began is removed with it.
func (s *Store) CancelSend(ctx context.Context, id chat.ID, stanza string) error {
	return s.write(ctx, func(t *txn) error {
		pk, tries, err := t.waitingRow(id, stanza)
		if err != nil {
			return err
		}
		if tries > 0 {
			return errBeingSent
		}
		return t.cancel(pk)
	})
}

// CancelSends does so for all messages that have not been tried, and returns how many.
func (s *Store) CancelSends(ctx context.Context) (n int, err error) {
	err = s.write(ctx, func(t *txn) error {
		pks, err := collect(t.ctx, t.s.writer, scanInt, `SELECT message FROM waiting WHERE tries = 0 ORDER BY message`)
		if err != nil {
			return err
		}
		for _, pk := range pks {
			if err := t.cancel(pk); err != nil {
				return err
			}
		}
		n = len(pks)
		return nil
	})
	return n, err
}

func (t *txn) cancel(pk int64) error {
	found, err := collect(t.ctx, t.s.writer, scanMessages(), `SELECT `+messageColumns+` FROM messages m`+messageJoins+` WHERE m.pk = ?`, pk)
	if err != nil {
		return err
	}
	if len(found) == 0 {
		return chat.ErrNotFound
	}
	m := found[0].Message
	var chatPK int64
	var known bool
	if err := t.row(`SELECT c.pk, `+isKnown+` FROM messages m CROSS JOIN chats c ON c.pk = m.chat WHERE m.pk = ?`, pk).Scan(&chatPK, &known); err != nil {
		return err
	}
	if err := t.drop(pk); err != nil {
		return err
	}
	t.emit(chat.Event{Name: chat.EventMessageRevoked, Change: chat.Revoked{Message: m, Target: m.Stanza}, Before: &m, After: &m})
	if err := t.refreshLast(chatPK); err != nil || known {
		return err
	}
	// The time of a message that never left is none of the conversation.
	if err := t.run(`UPDATE chats SET conv_ts = 0, own_conv_ts = 0 WHERE pk = ?1 OR merged_into = ?1`, chatPK); err != nil {
		return err
	}
	return t.run(`UPDATE chats SET listed = 0, apart = 0
		WHERE (pk = ?1 OR merged_into = ?1) AND (SELECT last FROM chats WHERE pk = ?1) IS NULL`, chatPK)
}
