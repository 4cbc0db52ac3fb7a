package store

import (
	"cmp"
	"database/sql"
	"encoding/json"
	"fmt"

	"github.com/wasession/wasession/runtime/chat"
)

// messageColumns are the columns of a messages row m, with messageJoins. People
// are shown under their phone number if it is known. What most messages do not have
// is NULL, and what is one bit shares a number: handing a value over takes longer
// than reading it.
const (
	messageColumns = `m.pk, mc.id, ma.id, m.stanza, m.from_me + 2 * m.from_api + 4 * m.starred, COALESCE(pp.id, mp.id),
		NULLIF(m.sender_name, ''), m.ts, m.ack, NULLIF(m.type, 'text'), m.body, NULLIF(m.edited_at, 0), NULLIF(m.pinned_until, 0),
		m.detail, m.raw, m.body_at, ` + reactionsColumn
	messageJoins = ` LEFT JOIN ids mc ON mc.pk = m.chat LEFT JOIN ids ma ON ma.pk = NULLIF(m.arrived, m.chat)
		LEFT JOIN ids mp ON mp.pk = NULLIF(m.participant, 0) LEFT JOIN ids pp ON pp.pk = mp.phone`
)

// The bits of the fifth of messageColumns.
const (
	bitFromMe = 1 << iota
	bitFromAPI
	bitStarred
)

// messageType is a message's type; text for NULL.
type messageType chat.MessageType

// Scan implements sql.Scanner.
func (t *messageType) Scan(value any) error {
	if value == nil {
		*t = messageType(chat.TypeText)
		return nil
	}
	return (*text)(t).Scan(value)
}

// messageRow scans messageColumns; all are NULL if an outer join found no row.
type messageRow struct {
	pk, bits, ts, ack, editedAt, pinnedUntil   integer
	chat, arrived, stanza, participant, sender text
	body, detail, reactions                    text
	typ                                        messageType
	raw                                        []byte
	bodyAt                                     sql.NullInt64
	columns                                    []any
}

// dest are the places of the columns, the same for each row.
func (r *messageRow) dest() []any {
	if r.columns == nil {
		r.columns = []any{
			&r.pk, &r.chat, &r.arrived, &r.stanza, &r.bits, &r.participant, &r.sender, &r.ts, &r.ack,
			&r.typ, &r.body, &r.editedAt, &r.pinnedUntil, &r.detail, &r.raw, &r.bodyAt, &r.reactions,
		}
	}
	return r.columns
}

// message returns the row as a message, or nil if there was none.
func (r *messageRow) message() (*chat.Message, error) {
	if r.pk == 0 {
		return nil, nil
	}
	m := &chat.Message{
		Chat: chat.ID(r.chat), Arrived: chat.ID(cmp.Or(r.arrived, r.chat)), Stanza: string(r.stanza),
		FromMe: r.bits&bitFromMe != 0, Participant: chat.ID(r.participant), SenderName: string(r.sender),
		Timestamp: int64(r.ts), Ack: chat.Ack(r.ack), FromAPI: r.bits&bitFromAPI != 0,
		Type: chat.MessageType(r.typ), Body: string(r.body), EditedAt: int64(r.editedAt),
		PinnedUntil: int64(r.pinnedUntil), Starred: r.bits&bitStarred != 0, Raw: joinBody(string(r.body), r.raw, r.bodyAt),
	}
	if err := decodeReactions([]byte(r.reactions), m); err != nil {
		return nil, err
	}
	return m, decodeDetail([]byte(r.detail), m)
}

// detail holds what few messages have. Its JSON is a storage format.
type detail struct {
	Media    *chat.Media    `json:"media,omitempty"`
	Location *chat.Location `json:"location,omitempty"`
	VCards   []string       `json:"vCards,omitempty"`
	ReplyTo  *chat.Reply    `json:"replyTo,omitempty"`
	Mentions []chat.ID      `json:"mentions,omitempty"`
	// WireStanza and ServerID are those of chat.Message.
	WireStanza string `json:"wireStanza,omitempty"`
	ServerID   int    `json:"serverID,omitempty"`
	// Audience is that of chat.Message.
	Audience []chat.ID `json:"audience,omitempty"`
}

// encodeDetail returns a message's detail column; nil for most messages.
func encodeDetail(m *chat.Message) (any, error) {
	if m.Media == nil && m.Location == nil && len(m.VCards) == 0 && m.ReplyTo == nil && len(m.Mentions) == 0 && m.WireStanza == "" &&
		m.ServerID == 0 && len(m.Audience) == 0 {
		return nil, nil
	}
	text, err := json.Marshal(detail{m.Media, m.Location, m.VCards, m.ReplyTo, m.Mentions, m.WireStanza, m.ServerID, m.Audience})
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
	m.ServerID, m.Audience = d.ServerID, d.Audience
	return nil
}

// scanMessages returns what reads rows of messageColumns, one after the other.
func scanMessages() func(*sql.Rows) (storedMessage, error) {
	var r messageRow
	return func(rows *sql.Rows) (storedMessage, error) {
		if err := rows.Scan(r.dest()...); err != nil {
			return storedMessage{}, err
		}
		m, err := r.message()
		if err != nil {
			return storedMessage{}, err
		}
		return storedMessage{pk: int64(r.pk), Message: *m}, nil
	}
}

// storedMessage is a message with its key.
type storedMessage struct {
	pk int64
	chat.Message
}
