package store

import (
	"cmp"

	"github.com/wasession/wasession/runtime/chat"
)

// receive adds a message, once.
func (t *txn) receive(c chat.MessageReceived) error {
	m := c.Message
	m.Arrived = cmp.Or(m.Arrived, m.Chat)
	m.Chat = cmp.Or(m.Chat, m.Arrived)
	if m.Arrived.IsLID() && !m.Chat.IsLID() {
		if err := t.mapLID(m.Arrived, m.Chat); err != nil {
			return err
		}
	}
	at, err := t.place(m.Arrived)
	if err != nil {
		return err
	}
	m.Chat = at.chat.id
	if m.Participant, err = t.canonicalID(m.Participant); err != nil {
		return err
	}
	pk, err := t.insertMessage(&m, at)
	if err != nil || pk == 0 {
		return err
	}
	a := arrival{ts: m.Timestamp, message: pk}
	switch {
	case !m.FromMe && m.Chat != chat.StatusBroadcast:
		a.unread = 1
	case m.FromMe && !m.FromAPI:
		a.read = true // who writes from a phone has read
	}
	if err := t.arrive(at, a); err != nil {
		return err
	}
	if err := t.learnPushName(&m); err != nil {
		return err
	}
	t.emit(chat.Event{Name: chat.EventMessageAny, Change: c, After: &m})
	if !m.FromMe {
		t.emit(chat.Event{Name: chat.EventMessage, Change: c, After: &m})
	}
	return nil
}

// insertMessage writes a message's row and returns its key, 0 where it (or its
// removal) is there already.
func (t *txn) insertMessage(m *chat.Message, at place) (int64, error) {
	participant, err := t.participantPK(m.Participant)
	if err != nil {
		return 0, err
	}
	detail, err := encodeDetail(m)
	if err != nil {
		return 0, err
	}
	known, err := t.known(at.chat.pk, m.Stanza, m.FromMe, participant)
	if err != nil || known {
		return 0, err
	}
	r, err := t.tx.ExecContext(t.ctx, `INSERT INTO messages (chat, arrived, via_lid, stanza, from_me, participant, ts, ack,
			type, body, sender_name, from_api, edited_at, pinned_until, starred, detail, raw)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		at.chat.pk, at.arrived.pk, number(at.merged()), m.Stanza, number(m.FromMe), participant, m.Timestamp, int64(m.Ack),
		string(m.Type), m.Body, m.SenderName, number(m.FromAPI), m.EditedAt, m.PinnedUntil, number(m.Starred), detail, m.Raw)
	if err != nil {
		return 0, err
	}
	return r.LastInsertId()
}

// known says whether a message, or its removal, was written before. A group's
// member counts as the same under LID and phone number.
func (t *txn) known(chatPK int64, stanza string, fromMe bool, participant int64) (bool, error) {
	const same = ` WHERE chat = ?1 AND stanza = ?2 AND from_me = ?3
		AND (participant = ?4 OR participant IN (SELECT pk FROM ids WHERE phone = ?4))`
	var n int64
	err := t.row(`SELECT EXISTS (SELECT 1 FROM messages`+same+`) OR EXISTS (SELECT 1 FROM seen`+same+`)`,
		chatPK, stanza, number(fromMe), participant).Scan(&n)
	return n != 0, err
}

// firstTime remembers a stanza that leaves no row and says whether it is new.
func (t *txn) firstTime(at place, m *chat.Message) (bool, error) {
	if m.Stanza == "" {
		return true, nil
	}
	participant, err := t.canonicalID(m.Participant)
	if err != nil {
		return false, err
	}
	pk, err := t.participantPK(participant)
	if err != nil {
		return false, err
	}
	n, err := t.remember(at.chat.pk, m.Stanza, number(m.FromMe), pk)
	return n > 0, err
}

func (t *txn) remember(chatPK int64, stanza string, fromMe, participant int64) (int64, error) {
	return t.exec(`INSERT OR IGNORE INTO seen (chat, stanza, from_me, participant, at) VALUES (?, ?, ?, ?, ?)`,
		chatPK, stanza, fromMe, participant, t.now)
}
