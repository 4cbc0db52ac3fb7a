package store

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/wasession/wasession/runtime/chat"
)

// rowsPerInsert and boundPerRow keep an insert of several rows at its fastest:
// the driver compiles each statement anew, which several rows share, and binds
// parameters in time by the square of their number, so that numbers are written
// into the statement itself. Measured with 1 to 100 rows; 16 was best.
const (
	rowsPerInsert = 16
	boundPerRow   = 6
)

// importRows collects messages into inserts of several rows.
type importRows struct {
	t    *txn
	sql  strings.Builder
	args []any
}

// importInsert leaves out what few messages have; see rare.
const importInsert = `INSERT OR IGNORE INTO messages (chat, arrived, via_lid, from_me, participant, ts, ack,
	stanza, type, body, sender_name, detail, raw) VALUES `

// rare says whether a message has values in columns that importInsert leaves out.
func rare(m *chat.Message) bool {
	return m.FromAPI || m.Starred || m.EditedAt != 0 || m.PinnedUntil != 0
}

func (r *importRows) add(at place, m *chat.Message) error {
	if rare(m) {
		if err := r.flush(); err != nil { // in the order given
			return err
		}
		_, err := r.t.insertMessage(m, at)
		return err
	}
	sender, err := r.t.canonicalID(m.Participant)
	if err != nil {
		return err
	}
	participant, err := r.t.participantPK(sender)
	if err != nil {
		return err
	}
	detail, err := encodeDetail(m)
	if err != nil {
		return err
	}
	r.sql.WriteString(cmp.Or(r.begin(), ",("))
	for _, n := range [...]int64{
		at.chat.pk, at.arrived.pk, number(at.merged()), number(m.FromMe), participant, m.Timestamp, int64(m.Ack),
	} {
		r.sql.WriteString(strconv.FormatInt(n, 10))
		r.sql.WriteByte(',')
	}
	r.sql.WriteString("?,?,?,?,?,?)")
	r.args = append(r.args, m.Stanza, string(m.Type), m.Body, m.SenderName, detail, m.Raw)
	if len(r.args) == rowsPerInsert*boundPerRow {
		return r.flush()
	}
	return nil
}

// begin is what goes before the first row, empty before others.
func (r *importRows) begin() string {
	if len(r.args) > 0 {
		return ""
	}
	return importInsert + "("
}

func (r *importRows) flush() error {
	if len(r.args) == 0 {
		return nil
	}
	err := r.t.run(r.sql.String(), r.args...)
	r.sql.Reset()
	r.args = r.args[:0]
	return err
}
