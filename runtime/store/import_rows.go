package store

import (
	"fmt"
	"strings"

	"github.com/wasession/wasession/runtime/chat"
)

// rowsPerInsert is how many rows a statement inserts. More rows share the cost
// of running a statement, but the driver's time to bind parameters is
// quadratic. 8 was the fastest of 1, 4 and 8.
const rowsPerInsert = 8

// importColumns counts the columns that most messages use; see rare.
const importColumns = 14

const (
	importInto = `INSERT OR IGNORE INTO messages (chat, arrived, via_lid, from_me, participant, ts, ack,
	stanza, type, body, sender_name, detail, raw, body_at) VALUES `
	importRow = `(?,?,?,?,?,?,?,?,?,?,?,?,?,?)`
)

// The texts are the same for all messages, so they are compiled once.
var (
	importOne  = importInto + importRow
	importMany = importOne + strings.Repeat(","+importRow, rowsPerInsert-1)
)

// importRows collects messages into inserts of several rows.
type importRows struct {
	t    *txn
	args []any
}

// rare reports whether a message has what importInto leaves out.
func rare(m *chat.Message) bool {
	return len(m.Reactions) > 0 || m.FromAPI || m.Starred || m.EditedAt != 0 || m.PinnedUntil != 0
}

// encodeDetails encodes what of messages can be impossible to store, so that it is
// known before anything is written.
func encodeDetails(batch []chat.HistoryChat) ([][]any, error) {
	all := make([][]any, len(batch))
	for i := range batch {
		all[i] = make([]any, len(batch[i].Messages))
		for j := range batch[i].Messages {
			detail, err := encodeDetail(&batch[i].Messages[j])
			if err != nil {
				return nil, fmt.Errorf("chat %s: %w", batch[i].Chat.ID, err)
			}
			all[i][j] = detail
		}
	}
	return all, nil
}

// add inserts a message, whose detail has been encoded, with those that follow.
func (r *importRows) add(at place, m *chat.Message, detail any) error {
	if rare(m) {
		if err := r.flush(); err != nil { // keep the order
			return err
		}
		pk, err := r.t.insertMessage(m, at, 0, nil)
		if err != nil || pk == 0 {
			return err
		}
		for _, reaction := range m.Reactions {
			if err := r.t.keepReaction(pk, reaction); err != nil {
				return err
			}
		}
		return nil
	}
	sender, err := r.t.canonicalID(m.Participant)
	if err != nil {
		return err
	}
	participant, err := r.t.participantPK(sender)
	if err != nil {
		return err
	}
	raw, bodyAt := cutBody(m.Body, m.Raw)
	r.args = append(r.args, at.chat.pk, at.arrived.pk, number(at.merged()), number(m.FromMe), participant, m.Timestamp, int64(m.Ack),
		m.Stanza, string(m.Type), m.Body, m.SenderName, detail, raw, bodyAt)
	if len(r.args) < rowsPerInsert*importColumns {
		return nil
	}
	err = r.t.run(importMany, r.args...)
	r.args = r.args[:0]
	return err
}

// flush inserts the remaining rows, one by one.
func (r *importRows) flush() error {
	for len(r.args) > 0 {
		if err := r.t.run(importOne, r.args[:importColumns]...); err != nil {
			return err
		}
		r.args = r.args[importColumns:]
	}
	return nil
}
