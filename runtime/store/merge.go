package store

import (
	"github.com/wasession/wasession/runtime/chat"
)

// mapLID records that a LID and a phone number are one person, and merges their
// two chats if both exist. If the LID belonged to another phone number before,
// what arrived under the LID moves along.
func (t *txn) mapLID(lid, phone chat.ID) error {
	if !lid.IsLID() || phone.IsLID() || phone.Kind() != chat.KindDirect {
		return nil // not a valid pair
	}
	l, err := t.person(lid)
	if err != nil {
		return err
	}
	p, err := t.person(phone)
	if err != nil || l.phone != nil && l.phone.pk == p.pk {
		return err
	}
	if err := t.run(`UPDATE ids SET phone = ? WHERE pk = ?`, p.pk, l.pk); err != nil {
		return err
	}
	from := l.canonical()
	t.people[lid] = person{pk: l.pk, id: lid, phone: &p}
	if err := t.mergePeople(from.pk, l.pk, p.pk); err != nil {
		return err
	}
	var lidChats int64
	if err := t.row(`SELECT count(*) FROM chats WHERE pk = ?`, l.pk).Scan(&lidChats); err != nil || lidChats == 0 {
		return err
	}
	if err := t.ensureChat(p); err != nil {
		return err
	}
	for _, pk := range []int64{l.pk, p.pk} {
		if err := t.twin(pk); err != nil {
			return err
		}
	}
	if err := t.moveMessages(from.pk, l.pk, p.pk); err != nil {
		return err
	}
	if from.pk == l.pk {
		if err := t.mergeState(l.pk, p.pk); err != nil {
			return err
		}
	} else if err := t.refreshLast(from.pk); err != nil {
		return err
	}
	if err := t.run(`UPDATE chats SET merged_into = ?1, listed = 0 WHERE pk = ?2`, p.pk, l.pk); err != nil {
		return err
	}
	if err := t.run(`UPDATE chats SET listed = 1 WHERE pk = ?1 AND last IS NULL
		AND EXISTS (SELECT 1 FROM messages WHERE chat = ?1)`, p.pk); err != nil {
		return err
	}
	if err := t.refreshLast(p.pk); err != nil {
		return err
	}
	if err := t.refreshWaiting(p.pk); err != nil {
		return err
	}
	return t.refreshName(p.pk)
}

// mergePeople merges the data of a LID into its phone number.
func (t *txn) mergePeople(from, lid, phone int64) error {
	if from != lid {
		return nil // stored under the old number, which may still be its owner's
	}
	var c chat.Contact
	ok, err := t.found(t.row(`SELECT name, push_name, business_name FROM contacts WHERE pk = ?`, lid), &c.Name, &c.PushName, &c.BusinessName)
	if err != nil {
		return err
	}
	if ok {
		// The phone number's own names win: write them over the LID's.
		var own chat.Contact
		if _, err := t.found(t.row(`SELECT name, push_name, business_name FROM contacts WHERE pk = ?`, phone),
			&own.Name, &own.PushName, &own.BusinessName); err != nil {
			return err
		}
		if err := t.run(`DELETE FROM contacts WHERE pk = ?`, lid); err != nil {
			return err
		}
		if err := t.addNames(phone, c); err != nil {
			return err
		}
		if err := t.addNames(phone, own); err != nil {
			return err
		}
	}
	if err := t.run(`INSERT OR IGNORE INTO pictures (pk, url, fetched_at) SELECT ?, url, fetched_at FROM pictures WHERE pk = ?`, phone, lid); err != nil {
		return err
	}
	if err := t.run(`DELETE FROM pictures WHERE pk = ?`, lid); err != nil {
		return err
	}
	return t.mergeLabels(lid, phone)
}

// moveMessages moves what arrived under a LID from one chat to another, and
// deletes what was delivered under both ids.
func (t *txn) moveMessages(from, lid, to int64) error {
	if err := t.run(`UPDATE OR IGNORE messages SET chat = ?, via_lid = 1 WHERE chat = ? AND arrived = ?`, to, from, lid); err != nil {
		return err
	}
	if err := t.keepEvents(`m.chat = ? AND m.arrived = ?`, from, lid); err != nil {
		return err
	}
	if err := t.run(`DELETE FROM messages WHERE chat = ? AND arrived = ?`, from, lid); err != nil {
		return err
	}
	return t.run(`INSERT OR IGNORE INTO seen (chat, stanza, from_me, participant, at)
		SELECT ?, stanza, from_me, participant, at FROM seen WHERE chat = ?`, to, from)
}

// mergeState gives the phone number's chat the state of both. The archived
// state is that of the chat with the later activity; a pin, a mark and the
// longer mute stay; unread messages add up.
func (t *txn) mergeState(lid, phone int64) error {
	return t.run(`UPDATE chats AS p SET
			listed = max(p.listed, l.listed),
			archived = CASE WHEN p.archived IS NULL OR l.listed AND max(l.conv_ts, l.ts) > max(p.conv_ts, p.ts) THEN COALESCE(l.archived, p.archived) ELSE p.archived END,
			pinned_at = CASE WHEN p.pinned_at IS NULL AND l.pinned_at IS NULL THEN NULL
				ELSE max(COALESCE(p.pinned_at, 0), COALESCE(l.pinned_at, 0)) END,
			muted_until = CASE WHEN p.muted_until IS NULL THEN l.muted_until WHEN l.muted_until IS NULL THEN p.muted_until
				WHEN min(p.muted_until, l.muted_until) < 0 THEN -1 ELSE max(p.muted_until, l.muted_until) END,
			marked_unread = CASE WHEN p.marked_unread IS NULL THEN l.marked_unread ELSE max(p.marked_unread, COALESCE(l.marked_unread, 0)) END,
			unread = p.unread + l.unread,
			imported = max(p.imported, l.imported),
			cleared_ts = min(p.cleared_ts, l.cleared_ts),
			conv_ts = max(p.conv_ts, p.ts, l.conv_ts, l.ts)
		FROM (SELECT * FROM chats WHERE pk = ?1) AS l WHERE p.pk = ?2`, lid, phone)
}
