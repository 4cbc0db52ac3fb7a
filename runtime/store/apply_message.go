package store

import (
	"github.com/wasession/wasession/runtime/chat"
)

// arrived puts a message into the form messages are shown in, and reports
// whether it is new.
func (t *txn) arrived(m *chat.Message) (at place, isNew bool, err error) {
	id := m.Arrived
	if id == "" {
		id = m.Chat
	}
	if at, err = t.place(id); err != nil {
		return at, false, err
	}
	m.Arrived, m.Chat = id, at.chat.id
	if m.Participant, err = t.canonicalID(m.Participant); err != nil {
		return at, false, err
	}
	isNew, err = t.firstTime(at, m)
	return at, isNew, err
}

// react stores a reaction with its message, and passes it on.
func (t *txn) react(c chat.Reacted) error {
	_, isNew, err := t.arrived(&c.Message)
	if err != nil || !isNew {
		return err
	}
	at, err := t.place(c.Target.Chat)
	if err != nil {
		return err
	}
	c.Target.Chat = at.chat.id
	if c.Target.Participant, err = t.canonicalID(c.Target.Participant); err != nil {
		return err
	}
	found, err := t.stanzas(at.chat.pk, c.Target.Stanza)
	if err != nil {
		return err
	}
	e := chat.Event{Name: chat.EventMessageReaction, Change: c}
	for _, m := range found {
		if m.FromMe == c.Target.FromMe {
			if err := t.keepReaction(m.pk, reactionOf(&c)); err != nil {
				return err
			}
			e.Before, e.After = &m.Message, &m.Message
			break
		}
	}
	t.emit(e)
	return nil
}

// edit replaces a message's text, if its own sender edits it.
func (t *txn) edit(c chat.Edited) error {
	at, isNew, err := t.arrived(&c.Message)
	if err != nil || !isNew {
		return err
	}
	found, err := t.stanzas(at.chat.pk, c.Target)
	if err != nil {
		return err
	}
	for _, m := range found {
		if !sameSender(&m.Message, &c.Message) || c.Message.Timestamp < m.EditedAt {
			continue
		}
		before, after := m.Message, m.Message
		after.Body, after.EditedAt = c.Message.Body, c.Message.Timestamp
		if err := t.keepEvents(`m.pk = ?`, m.pk); err != nil {
			return err
		}
		if err := t.run(`UPDATE messages SET body = ?, edited_at = ?, raw = ?, body_at = NULL WHERE pk = ?`,
			after.Body, after.EditedAt, m.Raw, m.pk); err != nil {
			return err
		}
		t.emit(chat.Event{Name: chat.EventMessageEdited, Change: c, Before: &before, After: &after})
		return nil
	}
	if len(found) == 0 {
		t.emit(chat.Event{Name: chat.EventMessageEdited, Change: c, After: &c.Message})
	}
	return nil
}

// revoke removes a message for everyone, if its sender or a group admin revoked it.
func (t *txn) revoke(c chat.Revoked) error {
	at, isNew, err := t.arrived(&c.Message)
	if err != nil || !isNew {
		return err
	}
	found, err := t.stanzas(at.chat.pk, c.Target)
	if err != nil {
		return err
	}
	admin, err := t.isAdmin(at.chat, &c.Message)
	if err != nil {
		return err
	}
	for _, m := range found {
		if !sameSender(&m.Message, &c.Message) && !admin {
			continue
		}
		if err := t.remove(at.chat.pk, m); err != nil {
			return err
		}
		t.emit(chat.Event{Name: chat.EventMessageRevoked, Change: c, Before: &m.Message, After: &c.Message})
		return t.refreshLast(at.chat.pk)
	}
	if len(found) > 0 {
		return nil // somebody else's message
	}
	// The message may arrive later. The revocation is stored under its sender,
	// so it can only revoke the sender's own messages.
	sent := chat.Message{Stanza: c.Target, FromMe: c.Message.FromMe, Participant: c.Message.Participant}
	if _, err := t.firstTime(at, &sent); err != nil {
		return err
	}
	t.emit(chat.Event{Name: chat.EventMessageRevoked, Change: c, After: &c.Message})
	return nil
}

// remove deletes a message's row for good: neither a second delivery nor the
// history brings it back.
func (t *txn) remove(chatPK int64, m storedMessage) error {
	if err := t.keepEvents(`m.pk = ?`, m.pk); err != nil {
		return err
	}
	if err := t.run(`INSERT OR IGNORE INTO seen (chat, stanza, from_me, participant, at)
		SELECT chat, stanza, from_me, participant, ? FROM messages WHERE pk = ?`, t.steady, m.pk); err != nil {
		return err
	}
	return t.run(`DELETE FROM messages WHERE pk = ?`, m.pk)
}

func (t *txn) deleteForMe(c chat.DeletedForMe) error {
	at, err := t.place(c.Chat)
	if err != nil {
		return err
	}
	found, err := t.stanzas(at.chat.pk, c.Stanza)
	if err != nil || len(found) == 0 {
		return err
	}
	for _, m := range found {
		if err := t.remove(at.chat.pk, m); err != nil {
			return err
		}
	}
	return t.refreshLast(at.chat.pk)
}

// setOnMessage sets one column of a message.
func (t *txn) setOnMessage(id chat.ID, stanza, column string, value int64) error {
	pk, err := t.canonicalPK(id)
	if err != nil {
		return err
	}
	return t.run(`UPDATE messages SET `+column+` = ? WHERE chat = ? AND stanza = ?`, value, pk, stanza)
}

// sameSender reports whether two messages of a chat are from one person.
func sameSender(a, b *chat.Message) bool {
	return a.FromMe == b.FromMe && (a.FromMe || a.Participant == b.Participant)
}

// isAdmin reports whether a message's sender may revoke what others wrote. For
// the account itself the phone has already checked that.
func (t *txn) isAdmin(group person, m *chat.Message) (bool, error) {
	switch group.id.Kind() {
	case chat.KindNewsletter:
		return true, nil // only its admins write in a channel, and nothing says which one
	case chat.KindGroup:
	default:
		return false, nil
	}
	if m.FromMe {
		return true, nil
	}
	p, err := t.participantPK(m.Participant)
	if err != nil {
		return false, err
	}
	var role string
	_, err = t.found(t.row(`SELECT role FROM participants WHERE grp = ?1 AND role <> ''
		AND (person = ?2 OR lid = ?2 OR person IN (SELECT pk FROM ids WHERE phone = ?2)) LIMIT 1`, group.pk, p), &role)
	return role != "", err
}
