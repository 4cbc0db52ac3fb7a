package store

import (
	"cmp"
	"errors"

	"github.com/wasession/wasession/runtime/chat"
)

// receive adds a message unless it is already stored.
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
	if m.ReplyTo, err = t.presentReply(m.ReplyTo); err != nil {
		return err
	}
	if err := t.cameLate(); err != nil {
		return err
	}
	if m.FromAPI && m.Chat == chat.StatusBroadcast {
		// The caller may choose its ID, and try one that failed with other contents.
		if err := t.dropFailed(at.chat.pk, m.Stanza); err != nil {
			return err
		}
	}
	pk, err := t.insertMessage(&m, at, 1, t.eventPlace(&m))
	if err != nil || pk == 0 {
		return err
	}
	if err := t.emitMessage(c, &m, pk, at); err != nil {
		return err
	}
	a := arrival{ts: m.Timestamp, message: pk}
	switch {
	case !m.FromMe && m.Chat != chat.StatusBroadcast:
		a.unread = 1
	case m.FromMe && !m.FromAPI:
		a.read = true // somebody who writes from a phone has read the chat
	}
	if err := t.arrive(at, a); err != nil {
		return err
	}
	if err := t.learnPushName(&m); err != nil {
		return err
	}
	return t.unarchiveOn(&m, at)
}

// insertMessage writes a message's row and returns its key, or 0 if the message
// or its removal is already stored. late and event are the columns of those
// names.
func (t *txn) insertMessage(m *chat.Message, at place, late int64, event any) (int64, error) {
	participant, err := t.participantPK(m.Participant)
	if err != nil {
		return 0, err
	}
	detail, err := encodeDetail(m)
	if err != nil {
		return 0, err
	}
	raw, bodyAt := cutBody(m.Body, m.Raw)
	isNew, newArgs := unknown(at.chat.pk, m.Stanza, m.FromMe, participant)
	args := append([]any{
		at.chat.pk, at.arrived.pk, number(at.merged()), m.Stanza, number(m.FromMe), participant, m.Timestamp, int64(m.Ack),
		string(m.Type), m.Body, m.SenderName, number(m.FromAPI), m.EditedAt, m.PinnedUntil, number(m.Starred), detail, raw, bodyAt, late, event,
	}, newArgs...)
	r, err := t.s.writer.ExecContext(t.ctx, `INSERT OR IGNORE INTO messages (chat, arrived, via_lid, stanza, from_me, participant, ts, ack,
			type, body, sender_name, from_api, edited_at, pinned_until, starred, detail, raw, body_at, late, event)
		SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? WHERE `+isNew, args...)
	if err != nil {
		return 0, err
	}
	if n, err := r.RowsAffected(); err != nil || n == 0 {
		return 0, err
	}
	return r.LastInsertId()
}

// unknown returns the condition that a message was not removed before. For a
// group member, who may have sent it under LID and phone number, it also
// requires that neither is stored; an identical row is refused by the index.
func unknown(chatPK int64, stanza string, fromMe bool, participant int64) (condition string, args []any) {
	const same = ` WHERE chat = ? AND stanza = ? AND from_me = ?`
	args = []any{chatPK, stanza, number(fromMe)}
	if participant == 0 {
		return `NOT EXISTS (SELECT 1 FROM seen` + same + ` AND participant = 0)`, args
	}
	const person = same + ` AND (participant = ? OR participant IN (SELECT pk FROM ids WHERE phone = ?))`
	args = append(args, participant, participant)
	return `NOT EXISTS (SELECT 1 FROM seen` + person + `) AND NOT EXISTS (SELECT 1 FROM messages` + person + `)`, append(args, args...)
}

// firstTime remembers a stanza that leaves no row, and reports whether it is
// new.
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
		chatPK, stanza, fromMe, participant, t.steady)
}

// presentReply shows the person that a message quotes under the phone number if
// it is known. It makes no row for that person, since a sender can quote
// anybody.
func (t *txn) presentReply(r *chat.Reply) (*chat.Reply, error) {
	if r == nil || !r.Participant.IsLID() {
		return r, nil
	}
	p, known := t.people[r.Participant]
	if !known {
		p, known = t.s.cached(r.Participant)
	}
	if !known {
		var err error
		p, err = lookup(t.ctx, t.s.writer, r.Participant)
		if errors.Is(err, chat.ErrNotFound) {
			return r, nil
		}
		if err != nil {
			return nil, err
		}
	}
	shown := *r
	shown.Participant = p.canonical().id
	return &shown, nil
}
