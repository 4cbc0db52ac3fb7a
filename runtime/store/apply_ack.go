package store

import (
	"database/sql"

	"github.com/wasession/wasession/runtime/chat"
)

// stanzas returns the messages of a chat with a stanza id, oldest first: one,
// or one for each sender who chose that id.
func (t *txn) stanzas(chatPK int64, stanza string) ([]storedMessage, error) {
	return collect(t.ctx, t.s.writer, scanMessage, `SELECT `+messageColumns+` FROM messages m`+messageJoins+`
		WHERE m.chat = ? AND m.stanza = ? ORDER BY m.pk`, chatPK, stanza)
}

// ack raises the ack of the account's own messages.
func (t *txn) ack(c chat.AckChanged) error {
	at, err := t.place(c.Chat)
	if err != nil {
		return err
	}
	if c.Participant, err = t.canonicalID(c.Participant); err != nil {
		return err
	}
	for _, stanza := range c.Stanzas {
		found, err := t.stanzas(at.chat.pk, stanza)
		if err != nil {
			return err
		}
		for _, m := range found {
			if !m.FromMe {
				continue // only messages that the account sent have receipts
			}
			one := c
			one.Stanzas = []string{stanza}
			if err := t.ackOne(m, one); err != nil {
				return err
			}
		}
	}
	return nil
}

func (t *txn) ackOne(m storedMessage, c chat.AckChanged) error {
	raised := m.Ack.Raised(c.Ack)
	if raised != m.Ack {
		if err := t.run(`UPDATE messages SET ack = ? WHERE pk = ?`, int64(raised), m.pk); err != nil {
			return err
		}
	}
	news, name := raised != m.Ack, chat.EventMessageAck
	after := m.Message
	after.Ack = raised
	if m.Chat.HasParticipants() {
		name = chat.EventMessageAckGroup
		if c.Participant != "" {
			var err error
			if news, err = t.receipt(m.pk, c); err != nil {
				return err
			}
			after.Ack = c.Ack
		}
	}
	if news {
		before := m.Message
		t.emit(chat.Event{Name: name, Change: c, Before: &before, After: &after})
	}
	return nil
}

// receipt stores how far a message has got with one member, and reports whether
// that is new.
func (t *txn) receipt(message int64, c chat.AckChanged) (bool, error) {
	participant, err := t.participantPK(c.Participant)
	if err != nil {
		return false, err
	}
	n, err := t.exec(`INSERT INTO receipts (message, participant, ack) VALUES (?, ?, ?)
		ON CONFLICT DO UPDATE SET ack = excluded.ack WHERE excluded.ack > ack`, message, participant, int64(c.Ack))
	return n > 0, err
}

// selfRead lowers a chat's unread count.
func (t *txn) selfRead(c chat.SelfRead) error {
	at, err := t.place(c.Chat)
	if err != nil {
		return err
	}
	ts, pk := c.Timestamp, int64(1)<<62
	if len(c.Stanzas) > 0 {
		var newest *storedMessage
		for _, stanza := range c.Stanzas {
			found, err := t.stanzas(at.chat.pk, stanza)
			if err != nil {
				return err
			}
			for i, m := range found {
				if newest == nil || m.Timestamp > newest.Timestamp || m.Timestamp == newest.Timestamp && m.pk > newest.pk {
					newest = &found[i]
				}
			}
		}
		if newest == nil {
			return nil // none of the messages is stored
		}
		ts, pk = newest.Timestamp, newest.pk
	}
	return t.readUntil(at.chat.pk, ts, pk)
}

// readUntil marks as read everything up to the message pk at ts; ts 0 marks
// everything.
func (t *txn) readUntil(chatPK, ts, pk int64) error {
	var left int64
	if ts != 0 {
		var err error
		if left, err = t.countIncoming(chatPK, ts, pk); err != nil {
			return err
		}
	}
	if err := t.run(`UPDATE chats SET unread = min(unread, ?), marked_unread = 0 WHERE pk = ?`, left, chatPK); err != nil {
		return err
	}
	return t.refreshWaiting(chatPK)
}

// countIncoming counts messages of others after the message pk at ts, as far as
// the chat's unread count reaches.
func (t *txn) countIncoming(chatPK, ts, pk int64) (n int64, err error) {
	err = t.row(`SELECT count(*) FROM (SELECT 1 FROM messages
			WHERE chat = ?1 AND ts >= ?2 AND (ts > ?2 OR pk > ?3) AND from_me = 0
			LIMIT (SELECT unread FROM chats WHERE pk = ?1))`, chatPK, ts, pk).Scan(&n)
	if err == sql.ErrNoRows {
		err = nil
	}
	return n, err
}
