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

// arrive updates a chat with a new message and lists it.
func (t *txn) arrive(at place, a arrival) error {
	const merged = `listed = 1,
		last = CASE WHEN ?1 >= ts OR last IS NULL THEN ?2 ELSE last END, ts = max(ts, ?1), conv_ts = max(conv_ts, ?1),
		unread = CASE WHEN ?3 THEN 0 ELSE unread + ?4 END, marked_unread = CASE WHEN ?3 THEN 0 ELSE marked_unread END`
	const own = `apart = 1, own_last = CASE WHEN ?1 >= own_ts OR own_last IS NULL THEN ?2 ELSE own_last END,
		own_ts = max(own_ts, ?1), own_conv_ts = max(own_conv_ts, ?1)`
	if !at.merged() {
		return t.updateChat(at.chat, `UPDATE chats SET `+merged+`, `+own+` WHERE pk = ?5`,
			a.ts, a.message, number(a.read), a.unread, at.chat.pk)
	}
	if err := t.updateChat(at.chat, `UPDATE chats SET `+merged+` WHERE pk = ?5`,
		a.ts, a.message, number(a.read), a.unread, at.chat.pk); err != nil {
		return err
	}
	return t.updateChat(at.arrived, `UPDATE chats SET `+own+` WHERE pk = ?3`, a.ts, a.message, at.arrived.pk)
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
		into = p.phone.pk
	}
	n, err := t.exec(`INSERT OR IGNORE INTO chats (pk, id, merged_into, name_key) VALUES (?, ?, ?, ?)`,
		p.pk, string(p.id), into, nameKey(""))
	return n > 0, err
}

// refreshLast recomputes a chat's last message after some were removed or
// moved.
func (t *txn) refreshLast(chatPK int64) error {
	const last = ` FROM messages WHERE chat = ?1 ORDER BY ts DESC, pk DESC LIMIT 1`
	if err := t.run(`UPDATE chats SET last = (SELECT pk`+last+`), ts = COALESCE((SELECT ts`+last+`), 0) WHERE pk = ?1`, chatPK); err != nil {
		return err
	}
	if err := t.run(`UPDATE chats SET conv_ts = max(conv_ts, ts) WHERE pk = ?`, chatPK); err != nil {
		return err
	}
	return t.refreshOwn(chatPK)
}

// refreshOwn does the same for the rows of a chat as separate lists show them.
func (t *txn) refreshOwn(chatPK int64) error {
	const last = ` FROM messages m WHERE m.chat = ?1 AND m.arrived = chats.pk ORDER BY m.ts DESC, m.pk DESC LIMIT 1`
	if err := t.run(`UPDATE chats SET own_last = (SELECT m.pk`+last+`), own_ts = COALESCE((SELECT m.ts`+last+`), 0)
		WHERE (pk = ?1 OR merged_into = ?1) AND apart = 1`, chatPK); err != nil {
		return err
	}
	return t.run(`UPDATE chats SET own_conv_ts = max(own_conv_ts, own_ts) WHERE pk = ?1 OR merged_into = ?1`, chatPK)
}

// canonicalPK returns the row that holds the chat's state.
func (t *txn) canonicalPK(id chat.ID) (int64, error) {
	p, err := t.person(id)
	return p.canonical().pk, err
}
