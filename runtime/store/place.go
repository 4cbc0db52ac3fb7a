package store

import "github.com/wasession/wasession/runtime/chat"

// place is where something belongs: the row of the id it arrived under, and the
// person's chat, which is a different row once a LID's phone number is known.
type place struct{ arrived, chat person }

func (p place) merged() bool { return p.arrived.pk != p.chat.pk }

// place returns where things that arrive under an id belong.
func (t *txn) place(id chat.ID) (place, error) {
	p, err := t.person(id)
	return place{arrived: p, chat: p.canonical()}, err
}

// arrival is what a message does to its chat.
type arrival struct {
	ts      int64
	message int64
	// unread is added to the count, unless read sets the chat to read.
	unread int64
	read   bool
}

// arrive updates a chat with a new message and lists it. Its statements set few
// columns: SQLite rewrites every index of a column that a statement sets, even
// if the value stays the same, and each index costs a page.
func (t *txn) arrive(at place, a arrival) error {
	if at.merged() {
		if err := t.arriveApart(at.arrived, a); err != nil {
			return err
		}
	}
	if usual, err := t.arriveAsUsual(at, a); err != nil || usual {
		return err
	}
	if err := t.updateChat(at.chat, `UPDATE chats SET last = CASE WHEN ?1 >= ts OR last IS NULL THEN ?2 ELSE last END, ts = max(ts, ?1),
		conv_ts = CASE WHEN conv_ts > max(ts, ?1) THEN conv_ts ELSE 0 END,
		unread = CASE WHEN ?3 THEN 0 ELSE unread + ?4 END, marked_unread = CASE WHEN ?3 THEN 0 ELSE marked_unread END
		WHERE pk = ?5`, a.ts, a.message, number(a.read), a.unread, at.chat.pk); err != nil {
		return err
	}
	if err := t.run(`UPDATE chats SET listed = 1 WHERE pk = ? AND listed = 0`, at.chat.pk); err != nil {
		return err
	}
	if err := t.refreshWaiting(at.chat.pk); err != nil || at.merged() {
		return err
	}
	return t.shiftApart(at.chat.pk, a)
}

// arriveAsUsual does all of it in one statement if the chat is listed, this is
// its newest message, and it stays read or unread.
func (t *txn) arriveAsUsual(at place, a arrival) (bool, error) {
	n, err := t.exec(`UPDATE chats SET ts = ?1, last = ?2, unread = unread + ?4
		WHERE pk = ?5 AND listed = 1 AND ts <= ?1 AND conv_ts = 0 AND (twinned = 0 OR ?6)
		AND CASE WHEN ?3 THEN unread = 0 AND marked_unread = 0 ELSE ?4 = 0 OR waiting = 1 END`,
		a.ts, a.message, number(a.read), a.unread, at.chat.pk, number(at.merged()))
	return n > 0, err
}

// arriveApart lists a LID separately. Its row follows with the next catchUp.
func (t *txn) arriveApart(lid person, a arrival) error {
	listed, err := t.found(t.row(`SELECT 1 FROM chats WHERE pk = ? AND apart = 1`, lid.pk), new(int64))
	if err != nil || listed {
		return err
	}
	if err := t.ensureChat(lid); err != nil {
		return err
	}
	return t.shiftApart(lid.pk, a)
}

// shiftApart updates a row as separate lists show it. It does nothing for a row
// without a twin.
func (t *txn) shiftApart(pk int64, a arrival) error {
	if err := t.run(`UPDATE chats SET own_last = CASE WHEN ?1 >= own_ts OR own_last IS NULL THEN ?2 ELSE own_last END,
		own_ts = max(own_ts, ?1), own_conv_ts = CASE WHEN own_conv_ts > max(own_ts, ?1) THEN own_conv_ts ELSE 0 END
		WHERE pk = ?3 AND twinned = 1`, a.ts, a.message, pk); err != nil {
		return err
	}
	return t.run(`UPDATE chats SET apart = 1 WHERE pk = ? AND twinned = 1 AND apart = 0`, pk)
}

// refreshWaiting updates the flag after a chat's unread count or mark changed.
func (t *txn) refreshWaiting(chatPK int64) error {
	return t.run(`UPDATE chats SET waiting = 1 - waiting
		WHERE pk = ? AND waiting <> (unread > 0 OR COALESCE(marked_unread, 0) = 1)`, chatPK)
}

// twin starts to record separately what arrives under the chat's own id. It is
// called before another chat is merged into this one, or this one into another.
func (t *txn) twin(chatPK int64) error {
	return t.run(`UPDATE chats SET twinned = 1, apart = listed, own_ts = ts, own_last = last, own_conv_ts = conv_ts
		WHERE pk = ? AND twinned = 0`, chatPK)
}

// updateChat runs a statement that changes p's row, creating the row if needed.
func (t *txn) updateChat(p person, query string, args ...any) error {
	n, err := t.exec(query, args...)
	if err != nil || n > 0 {
		return err
	}
	if err := t.ensureChat(p); err != nil {
		return err
	}
	return t.run(query, args...)
}

// ensureChat creates p's row, not yet listed, if there is none.
func (t *txn) ensureChat(p person) error {
	made, err := t.makeChat(p)
	if err != nil || !made {
		return err
	}
	return t.refreshName(p.canonical().pk)
}

// makeChat is ensureChat for callers that set the name themselves.
func (t *txn) makeChat(p person) (made bool, err error) {
	var into any
	if p.phone != nil {
		if err := t.ensureChat(*p.phone); err != nil {
			return false, err
		}
		if err := t.twin(p.phone.pk); err != nil {
			return false, err
		}
		into = p.phone.pk
	}
	n, err := t.exec(`INSERT OR IGNORE INTO chats (pk, id, merged_into, twinned, name_key) VALUES (?1, ?2, ?3, ?3 IS NOT NULL, ?4)`,
		p.pk, string(p.id), into, nameKey(""))
	return n > 0, err
}

// refreshLast recomputes a chat's last message after some were removed or
// moved.
func (t *txn) refreshLast(chatPK int64) error {
	const last = ` FROM messages WHERE chat = ?1 ORDER BY ts DESC, pk DESC LIMIT 1`
	if err := t.run(`UPDATE chats SET last = (SELECT pk`+last+`), ts = COALESCE((SELECT ts`+last+`), 0), conv_ts = max(conv_ts, ts)
		WHERE pk = ?1`, chatPK); err != nil {
		return err
	}
	if err := t.run(`UPDATE chats SET conv_ts = 0 WHERE pk = ? AND conv_ts <= ts`, chatPK); err != nil {
		return err
	}
	return t.refreshOwn(chatPK)
}

// refreshOwn does the same for the rows of a chat as separate lists show them.
func (t *txn) refreshOwn(chatPK int64) error {
	const last = ` FROM messages m WHERE m.chat = ?1 AND m.arrived = chats.pk ORDER BY m.ts DESC, m.pk DESC LIMIT 1`
	const rows = ` WHERE (pk = ?1 OR merged_into = ?1) AND apart = 1`
	if err := t.run(`UPDATE chats SET own_last = (SELECT m.pk`+last+`), own_ts = COALESCE((SELECT m.ts`+last+`), 0),
		own_conv_ts = max(own_conv_ts, own_ts)`+rows, chatPK); err != nil {
		return err
	}
	return t.run(`UPDATE chats SET own_conv_ts = 0`+rows+` AND own_conv_ts <= own_ts`, chatPK)
}

// canonicalPK returns the row that holds the chat's state.
func (t *txn) canonicalPK(id chat.ID) (int64, error) {
	p, err := t.person(id)
	return p.canonical().pk, err
}
