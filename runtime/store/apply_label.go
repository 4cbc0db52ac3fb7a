package store

import "github.com/wasession/wasession/runtime/chat"

// editLabel creates, changes or deletes a label. What is the same as before raises no
// event.
func (t *txn) editLabel(c chat.LabelEdited) error {
	was, found, err := t.label(c.Label.ID)
	if err != nil {
		return err
	}
	l := c.Label
	if c.Deleted && found {
		l.Name, l.Color = was.Name, was.Color // the deletion need not repeat them
	}
	if err := t.run(`INSERT INTO labels (id, name, color, deleted, raw) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET name = excluded.name, color = excluded.color, deleted = excluded.deleted,
			raw = CASE WHEN length(excluded.raw) > 0 THEN excluded.raw ELSE raw END`,
		l.ID, l.Name, l.Color, number(c.Deleted), notNil(l.Raw)); err != nil {
		return err
	}
	switch {
	case c.Deleted:
		if err := t.run(`DELETE FROM chat_labels WHERE label = ?`, l.ID); err != nil || !found {
			return err
		}
		t.emit(chat.Event{Name: chat.EventLabelDeleted, Change: chat.LabelEdited{Label: l, Deleted: true}})
	case !found || was.Name != l.Name || was.Color != l.Color:
		t.emit(chat.Event{Name: chat.EventLabelUpsert, Change: c})
	}
	return nil
}

// labelChat puts a label on a chat or takes it off. Like archive, it raises an event
// only if that changes something and the chat is listed.
func (t *txn) labelChat(c chat.ChatLabelled) error {
	p, err := t.state(c.Chat)
	if err != nil {
		return err
	}
	name, query := chat.EventLabelChatAdded, `INSERT OR IGNORE INTO chat_labels (label, chat) VALUES (?, ?)`
	if !c.Labelled {
		name, query = chat.EventLabelChatDeleted, `DELETE FROM chat_labels WHERE label = ? AND chat = ?`
	}
	n, err := t.exec(query, c.Label, p.pk)
	if err != nil || n == 0 {
		return err
	}
	listed, err := t.found(t.row(`SELECT 1 FROM chats WHERE pk = ? AND listed = 1`, p.pk), new(int64))
	if err != nil || !listed {
		return err
	}
	c.Chat = p.id
	e := chat.Event{Name: name, Change: c}
	label, found, err := t.label(c.Label)
	if found {
		e.Label = &label
	}
	t.emit(e)
	return err
}

// label reads a label that is not deleted.
func (t *txn) label(id string) (l chat.Label, found bool, err error) {
	l.ID = id
	found, err = t.found(t.row(`SELECT name, color FROM labels WHERE id = ? AND deleted = 0`, id), &l.Name, &l.Color)
	return l, found, err
}

// mergeLabels gives the labels of a LID's chat to its phone number.
func (t *txn) mergeLabels(lid, phone int64) error {
	if err := t.run(`INSERT OR IGNORE INTO chat_labels (label, chat) SELECT label, ? FROM chat_labels WHERE chat = ?`, phone, lid); err != nil {
		return err
	}
	return t.run(`DELETE FROM chat_labels WHERE chat = ?`, lid)
}
