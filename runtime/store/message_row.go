package store

import (
	"database/sql"
	"encoding/json"
	"fmt"

	"github.com/wasession/wasession/runtime/chat"
)

// messageColumns are the columns of a messages row m, with messageJoins. People
// are shown under their phone number if it is known.
const (
	messageColumns = `m.pk, mc.id, ma.id, m.stanza, m.from_me, COALESCE(pp.id, mp.id, ''), m.sender_name, m.ts, m.ack,
		m.from_api, m.type, m.body, m.edited_at, m.pinned_until, m.starred, m.detail, m.raw, m.body_at`
	messageJoins = ` LEFT JOIN ids mc ON mc.pk = m.chat LEFT JOIN ids ma ON ma.pk = m.arrived
		LEFT JOIN ids mp ON mp.pk = m.participant LEFT JOIN ids pp ON pp.pk = mp.phone`
)

// messageRow scans messageColumns; all are NULL if an outer join found no row.
type messageRow struct {
	pk, fromMe, ts, ack, fromAPI, editedAt, pinnedUntil, starred, bodyAt sql.NullInt64
	chat, arrived, stanza, participant, sender, typ, body                sql.NullString
	detail, raw                                                          []byte
}

func (r *messageRow) dest() []any {
	return []any{
		&r.pk, &r.chat, &r.arrived, &r.stanza, &r.fromMe, &r.participant, &r.sender, &r.ts, &r.ack,
		&r.fromAPI, &r.typ, &r.body, &r.editedAt, &r.pinnedUntil, &r.starred, &r.detail, &r.raw, &r.bodyAt,
	}
}

// message returns the row as a message, or nil if there was none.
func (r *messageRow) message() (*chat.Message, error) {
	if !r.pk.Valid {
		return nil, nil
	}
	m := &chat.Message{
		Chat: chat.ID(r.chat.String), Arrived: chat.ID(r.arrived.String), Stanza: r.stanza.String,
		FromMe: r.fromMe.Int64 != 0, Participant: chat.ID(r.participant.String), SenderName: r.sender.String,
		Timestamp: r.ts.Int64, Ack: chat.Ack(r.ack.Int64), FromAPI: r.fromAPI.Int64 != 0,
		Type: chat.MessageType(r.typ.String), Body: r.body.String, EditedAt: r.editedAt.Int64,
		PinnedUntil: r.pinnedUntil.Int64, Starred: r.starred.Int64 != 0, Raw: joinBody(r.body.String, r.raw, r.bodyAt),
	}
	return m, decodeDetail(r.detail, m)
}

// detail holds what few messages have. Its JSON is a storage format.
type detail struct {
	Media    *chat.Media    `json:"media,omitempty"`
	Location *chat.Location `json:"location,omitempty"`
	VCards   []string       `json:"vCards,omitempty"`
	ReplyTo  *chat.Reply    `json:"replyTo,omitempty"`
	Mentions []chat.ID      `json:"mentions,omitempty"`
	// WireStanza is that of chat.Message.
	WireStanza string `json:"wireStanza,omitempty"`
}

// encodeDetail returns a message's detail column; nil for most messages.
func encodeDetail(m *chat.Message) (any, error) {
	if m.Media == nil && m.Location == nil && len(m.VCards) == 0 && m.ReplyTo == nil && len(m.Mentions) == 0 && m.WireStanza == "" {
		return nil, nil
	}
	text, err := json.Marshal(detail{m.Media, m.Location, m.VCards, m.ReplyTo, m.Mentions, m.WireStanza})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", chat.ErrUnstorable, err)
	}
	return string(text), nil
}

func decodeDetail(text []byte, m *chat.Message) error {
	if len(text) == 0 {
		return nil
	}
	var d detail
	if err := json.Unmarshal(text, &d); err != nil {
		return fmt.Errorf("%w: message %s: %w", ErrDamaged, m.Stanza, err)
	}
	m.Media, m.Location, m.VCards, m.ReplyTo, m.Mentions, m.WireStanza = d.Media, d.Location, d.VCards, d.ReplyTo, d.Mentions, d.WireStanza
	return nil
}

// scanMessage reads a row of messageColumns.
func scanMessage(rows *sql.Rows) (storedMessage, error) {
	var r messageRow
	if err := rows.Scan(r.dest()...); err != nil {
		return storedMessage{}, err
	}
	m, err := r.message()
	if err != nil {
		return storedMessage{}, err
	}
	return storedMessage{pk: r.pk.Int64, Message: *m}, nil
}

// storedMessage is a message with its key.
type storedMessage struct {
	pk int64
	chat.Message
}
