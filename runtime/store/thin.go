package store

import (
	"database/sql"
	"fmt"

	"github.com/wasession/wasession/runtime/chat"
)

// thinColumns are the columns, with thinJoins, of a row o that may refer to a
// message: what the event itself stores, and the message.
const (
	thinColumns = `o.message, oc.id, op.id, o.ack, ` + messageColumns
	thinJoins   = ` LEFT JOIN ids oc ON oc.pk = o.chat LEFT JOIN ids op ON op.pk = o.participant
		LEFT JOIN messages m ON m.pk = o.message` + messageJoins
)

// thin is what an event stores in addition to its message's row.
type thin struct {
	message, ack      sql.NullInt64
	chat, participant sql.NullString
	row               messageRow
}

func (r *thin) dest() []any {
	return append([]any{&r.message, &r.chat, &r.participant, &r.ack}, r.row.dest()...)
}

// payload returns the event's payload: the stored one, or that of the message
// it refers to, as both were when the event happened.
func (r *thin) payload(s *Store, name string, stored []byte) ([]byte, error) {
	if !r.message.Valid {
		if len(stored) == 0 { // see keepEventsOf
			return nil, fmt.Errorf("%w: message could not be encoded before it changed", chat.ErrUnstorable)
		}
		return unpack(stored)
	}
	if s.opts.Encode == nil {
		return nil, fmt.Errorf("%w: no encoder", chat.ErrUnstorable)
	}
	m, err := r.row.message()
	if err != nil {
		return nil, err
	}
	if m == nil {
		return nil, fmt.Errorf("%w: its message no longer exists", ErrDamaged)
	}
	m.Chat, m.Participant, m.Ack = chat.ID(r.chat.String), chat.ID(r.participant.String), chat.Ack(r.ack.Int64)
	return s.opts.Encode(chat.Event{Name: name, Change: chat.MessageReceived{Message: *m}, After: m})
}

// emitMessage adds the events that show a message as it is now by referring to
// it, at the next position.
func (t *txn) emitMessage(c chat.MessageReceived, m *chat.Message, pk int64, at place) error {
	name, more := t.listened(m)
	if name == "" {
		return nil
	}
	participant, err := t.participantPK(m.Participant)
	if err != nil {
		return err
	}
	t.append(emitted{
		Event: chat.Event{Name: name, Change: c, After: m}, more: more, row: pk, chat: at.chat.pk, participant: participant,
	})
	return nil
}

// listened returns the first event of a new message that somebody listens to,
// or "", and whether chat.EventMessage follows it.
func (t *txn) listened(m *chat.Message) (name string, more bool) {
	incoming := !m.FromMe && t.listens(chat.EventMessage)
	switch {
	case t.listens(chat.EventMessageAny):
		return chat.EventMessageAny, incoming
	case incoming:
		return chat.EventMessage, false
	}
	return "", false
}

// eventPlace returns the position that emitMessage will use, or NULL.
func (t *txn) eventPlace(m *chat.Message) any {
	if name, _ := t.listened(m); name == "" {
		return nil
	}
	return t.seq + 1
}

// keepEvents gives the events that refer to messages payloads of their own. It
// is called before those messages change or are removed; condition selects the
// messages m.
func (t *txn) keepEvents(condition string, args ...any) error {
	if err := t.writeEvents(); err != nil { // including those of this transaction
		return err
	}
	if err := t.splitPairs(condition, args...); err != nil {
		return err
	}
	if err := t.keepEventsOf("outbox", "seq", `o.seq IN (k.event, k.event + 1) AND o.message = k.pk`, &t.grown, condition, args...); err != nil {
		return err
	}
	return t.keepEventsOf("dead_letters", "pk", `o.message = k.pk`, &t.buried, condition, args...)
}

// splitPairs gives the second events of messages rows of their own.
func (t *txn) splitPairs(condition string, args ...any) error {
	pairs := ` FROM messages k CROSS JOIN outbox o ON o.seq = k.event AND o.message = k.pk AND o.more = 1
		WHERE k.pk IN (SELECT m.pk FROM messages m WHERE ` + condition + `)`
	n, err := t.exec(`INSERT INTO outbox (`+outboxColumns+`) SELECT o.seq + 1, 0, '`+chat.EventMessage+`', o.ts_ms, o.id_ms,
		o.message, o.chat, o.participant, o.ack, NULL`+pairs, args...)
	if err != nil || n == 0 {
		return err
	}
	t.grown += n * eventOverhead
	return t.run(`UPDATE outbox SET more = 0 WHERE seq IN (SELECT o.seq`+pairs+`)`, args...)
}

// keepEventsOf is keepEvents for one table, whose growth it adds to grown; on joins
// its rows o with messages k.
func (t *txn) keepEventsOf(table, key, on string, grown *int64, condition string, args ...any) error {
	type whole struct {
		key     int64
		payload []byte
	}
	rows, err := collect(t.ctx, t.s.writer, func(rows *sql.Rows) (whole, error) {
		var w whole
		var name string
		var r thin
		if err := rows.Scan(append([]any{&w.key, &name}, r.dest()...)...); err != nil {
			return w, err
		}
		var err error
		if w.payload, err = r.payload(t.s, name, nil); err != nil {
			// It could not have been delivered either; an empty payload marks
			// that.
			t.s.opts.Logger.Error("Event cannot be encoded", "event", name, "error", err)
			w.payload = nil
		}
		w.payload = pack(w.payload)
		return w, nil
	}, `SELECT o.`+key+`, o.event, `+thinColumns+` FROM messages k CROSS JOIN `+table+` o ON `+on+thinJoins+`
		WHERE k.pk IN (SELECT m.pk FROM messages m WHERE `+condition+`)`, args...)
	if err != nil {
		return err
	}
	for _, w := range rows {
		if err := t.run(`UPDATE `+table+` SET payload = ?, message = NULL WHERE `+key+` = ?`, notNil(w.payload), w.key); err != nil {
			return err
		}
		*grown += int64(len(w.payload))
	}
	return nil
}
