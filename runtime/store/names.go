package store

import (
	"cmp"
	"strings"

	"github.com/wasession/wasession/runtime/chat"
)

// unnamedKey sorts after every name.
const unnamedKey = "\U0010FFFF"

// nameKey returns the sort key of a name: case-insensitive, with empty names
// last.
func nameKey(name string) string {
	if name == "" {
		return unnamedKey
	}
	return strings.ToLower(name)
}

// refreshName sets the name of a chat, and of those merged into it, to the best
// known one.
func (t *txn) refreshName(chatPK int64) error {
	var contact, subject, history, business, push string
	ok, err := t.found(t.row(`SELECT COALESCE(p.name, ''), COALESCE(g.subject, ''), COALESCE(NULLIF(c.history_name, ''),
				(SELECT l.history_name FROM chats l WHERE l.merged_into = c.pk AND l.history_name <> '' LIMIT 1), ''),
			COALESCE(p.business_name, ''), COALESCE(p.push_name, '')
		FROM chats c LEFT JOIN contacts p ON p.pk = c.pk LEFT JOIN groups g ON g.pk = c.pk WHERE c.pk = ?`, chatPK),
		&contact, &subject, &history, &business, &push)
	if err != nil || !ok {
		return err
	}
	name := cmp.Or(contact, subject, history, business, push)
	return t.run(`UPDATE chats SET name = ?2, name_key = ?3 WHERE (pk = ?1 OR merged_into = ?1) AND name <> ?2`,
		chatPK, name, nameKey(name))
}

// nameContact updates a contact's names.
func (t *txn) nameContact(c chat.ContactNamed) error {
	pk, err := t.canonicalPK(c.ID)
	if err != nil {
		return err
	}
	return t.addNames(pk, chat.Contact{Name: c.Name, PushName: c.PushName, BusinessName: c.BusinessName})
}

// addNames overwrites the known names with those that are not empty.
func (t *txn) addNames(pk int64, c chat.Contact) error {
	var was chat.Contact
	if _, err := t.found(t.row(`SELECT name, push_name, business_name FROM contacts WHERE pk = ?`, pk),
		&was.Name, &was.PushName, &was.BusinessName); err != nil {
		return err
	}
	is := chat.Contact{
		Name:         cmp.Or(c.Name, was.Name),
		PushName:     cmp.Or(c.PushName, was.PushName),
		BusinessName: cmp.Or(c.BusinessName, was.BusinessName),
	}
	if is == was && was != (chat.Contact{}) {
		return nil
	}
	if err := t.run(`INSERT INTO contacts (pk, name, push_name, business_name, name_key) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (pk) DO UPDATE SET name = excluded.name, push_name = excluded.push_name,
			business_name = excluded.business_name, name_key = excluded.name_key`,
		pk, is.Name, is.PushName, is.BusinessName, nameKey(is.BestName())); err != nil {
		return err
	}
	return t.refreshName(pk)
}

// learnPushName stores the push name of a message's sender.
func (t *txn) learnPushName(m *chat.Message) error {
	if m.FromMe || m.SenderName == "" {
		return nil
	}
	pk, err := t.canonicalPK(cmp.Or(m.Participant, m.Chat))
	if err != nil || t.knowsPushName(pk, m.SenderName) {
		return err
	}
	t.pushNames[pk] = m.SenderName
	return t.addNames(pk, chat.Contact{PushName: m.SenderName})
}

func (t *txn) knowsPushName(pk int64, name string) bool {
	if known, ok := t.pushNames[pk]; ok {
		return known == name
	}
	t.s.mu.Lock()
	defer t.s.mu.Unlock()
	return t.s.pushNames[pk] == name
}
