package store

import (
	"fmt"
	"strings"

	"github.com/wasession/wasession/runtime/chat"
)

// eventsPerInsert keeps statements short: the driver's time to bind parameters
// grows with the square of their number.
const eventsPerInsert = 8

// emitted is an event to write to the outbox. If row is set, the event refers
// to the message with that key.
type emitted struct {
	chat.Event
	row               int64
	chat, participant int64
}

// emit adds an event to the transaction.
func (t *txn) emit(e chat.Event) { t.events = append(t.events, emitted{Event: e}) }

// outboxColumns are the columns of an event, in the order of their values.
const (
	outboxColumns = `id, event, payload, ts_ms, message, chat, participant, ack`
	outboxValues  = `(?,?,?,?,?,?,?,?)`
	outboxWidth   = 8
)

// eventOverhead is the size of an event beside its payload, in bytes: its row,
// and its entries in two indexes.
const eventOverhead = 160

// writeEvents writes the transaction's events into the outbox.
func (t *txn) writeEvents() error {
	events := t.events
	t.events = nil
	if t.s.opts.Encode == nil {
		return nil
	}
	ms := t.s.now().UnixMilli()
	var args []any
	flush := func() error {
		if len(args) == 0 {
			return nil
		}
		rows := strings.Repeat(","+outboxValues, len(args)/outboxWidth)[1:]
		err := t.run(`INSERT INTO outbox (`+outboxColumns+`) VALUES `+rows, args...)
		args = args[:0]
		return err
	}
	for _, e := range events {
		id, err := t.s.ulids.next(uint64(ms))
		if err != nil {
			return fmt.Errorf("event id: %w", err)
		}
		if e.row != 0 {
			args = append(args, id, e.Name, []byte{}, ms, e.row, e.chat, e.participant, int64(e.After.Ack))
		} else {
			payload, err := t.s.opts.Encode(e.Event)
			if err != nil {
				return fmt.Errorf("event %s: %w: %w", e.Name, chat.ErrUnstorable, err)
			}
			payload = pack(payload)
			t.grown += int64(len(payload))
			args = append(args, id, e.Name, notNil(payload), ms, nil, nil, nil, nil)
		}
		t.written++
		t.grown += eventOverhead
		if len(args) == outboxWidth*eventsPerInsert {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return flush()
}
