package store

import (
	"github.com/wasession/wasession/runtime/chat"
)

// state finds the row that holds a chat's state. A chat known only by its state
// gets a row that lists do not show.
func (t *txn) state(id chat.ID) (person, error) {
	p, err := t.person(id)
	if err != nil {
		return person{}, err
	}
	p = p.canonical()
	return p, t.ensureChat(p)
}

// archive sets the archived state. It raises an event only if the state changes
// and the chat is listed: an unlisted chat has not been seen yet.
func (t *txn) archive(c chat.Archived) error {
	p, err := t.state(c.Chat)
	if err != nil {
		return err
	}
	var was, listed int64
	if err := t.row(`SELECT COALESCE(archived, 0), listed FROM chats WHERE pk = ?`, p.pk).Scan(&was, &listed); err != nil {
		return err
	}
	if err := t.run(`UPDATE chats SET archived = ?1, pinned_at = CASE WHEN ?1 THEN 0 ELSE pinned_at END WHERE pk = ?2`,
		number(c.Archived), p.pk); err != nil {
		return err
	}
	if was == number(c.Archived) || listed == 0 {
		return nil
	}
	c.Chat = p.id
	if c.Archived && c.Policy == "" {
		if c.Policy, err = t.settledByRun(c.Chat); err != nil {
			return err
		}
	}
	row, err := t.chat(p.pk)
	if err != nil {
		return err
	}
	t.emit(chat.Event{Name: chat.EventChatArchive, Change: c, Chat: &row})
	return nil
}

// setOnChat sets one column of a chat.
func (t *txn) setOnChat(id chat.ID, column string, value int64) error {
	p, err := t.state(id)
	if err != nil {
		return err
	}
	return t.run(`UPDATE chats SET `+column+` = ? WHERE pk = ?`, value, p.pk)
}

func (t *txn) markUnread(c chat.MarkedUnread) error {
	p, err := t.state(c.Chat)
	if err != nil {
		return err
	}
	if err := t.run(`UPDATE chats SET marked_unread = ? WHERE pk = ?`, number(c.Unread), p.pk); err != nil {
		return err
	}
	return t.refreshWaiting(p.pk)
}

// clear removes a chat's messages up to ts (0: all). If whole is set and
// nothing newer is left, it removes the chat too.
func (t *txn) clear(id chat.ID, ts int64, whole bool) error {
	p, err := t.person(id)
	if err != nil {
		return err
	}
	pk := p.canonical().pk
	// Messages of that time that come with a later history stay deleted.
	n, err := t.exec(`UPDATE chats SET cleared_ts = max(cleared_ts, CASE WHEN ?1 = 0 THEN ts ELSE ?1 END) WHERE pk = ?2`, ts, pk)
	if err != nil || n == 0 {
		return err
	}
	gone, args := `m.chat = ?`, []any{pk}
	if ts != 0 {
		gone, args = `m.chat = ? AND m.ts <= ?`, []any{pk, ts}
	}
	if err := t.keepEvents(gone, args...); err != nil {
		return err
	}
	if ts == 0 {
		err = t.run(`DELETE FROM messages WHERE chat = ?`, pk)
	} else {
		err = t.run(`DELETE FROM messages WHERE chat = ? AND ts <= ?`, pk, ts)
	}
	if err != nil {
		return err
	}
	if err := t.readUntil(pk, ts, 1<<62); err != nil {
		return err
	}
	if err := t.refreshLast(pk); err != nil || !whole {
		return err
	}
	return t.run(`UPDATE chats SET listed = 0, apart = 0, conv_ts = 0, own_conv_ts = 0, archived = 0, pinned_at = 0,
			marked_unread = 0, unread = 0, waiting = 0
		WHERE (pk = ?1 OR merged_into = ?1) AND (SELECT last FROM chats WHERE pk = ?1) IS NULL`, pk)
}
