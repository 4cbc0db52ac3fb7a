package store

import (
	"fmt"
	"strings"

	"github.com/wasession/wasession/runtime/chat"
)

// eventsPerInsert keeps statements short: the driver's time to bind parameters
// grows with the square of their number.
const eventsPerInsert = 8

// emitted is an event to write to the outbox at position seq. If row is set, the
// event refers to the message with that key. If more is set, the message has a
// second event, chat.EventMessage, at the next position.
type emitted struct {
	chat.Event
	seq               int64
	more              bool
	row               int64
	chat, participant int64
}

// count is how many events it stands for.
func (e *emitted) count() int64 { return 1 + number(e.more) }

// emit adds an event to the transaction, if anybody listens to it.
func (t *txn) emit(e chat.Event) {
	if t.listens(e.Name) {
		t.append(emitted{Event: e})
	}
}

// append gives an event its place.
func (t *txn) append(e emitted) {
	e.seq = t.seq + 1
	t.seq += e.count()
	t.events = append(t.events, e)
}

// outboxColumns are the columns of an event, in the order of their values.
const (
	outboxColumns = `seq, more, event, ts_ms, id_ms, message, chat, participant, ack, payload`
	outboxWidth   = 10
)

var (
	outboxRow   = "(" + strings.Repeat("?,", outboxWidth)[:2*outboxWidth-1] + ")"
	insertEvent = `INSERT INTO outbox (` + outboxColumns + `) VALUES ` + outboxRow
	// insertEvents is for eventsPerInsert of them.
	insertEvents = insertEvent + strings.Repeat(","+outboxRow, eventsPerInsert-1)
)

// eventOverhead is the size of an event beside its payload, in bytes, and
// letterOverhead that of a dead letter, with its index entries.
const (
	eventOverhead  = 64
	letterOverhead = 256
)

// writeEvents writes the transaction's events into the outbox.
func (t *txn) writeEvents() error {
	events := t.events
	t.events = nil
	if len(events) == 0 {
		return nil
	}
	ms := t.s.now().UnixMilli()
	var idMS any
	if t.idMS = max(t.idMS, ms); t.idMS != ms {
		idMS = t.idMS // the clock has gone back, and ids do not
	}
	args := make([]any, 0, min(len(events), eventsPerInsert)*outboxWidth)
	for i := range events {
		e := &events[i]
		args = append(args, e.seq, number(e.more), e.Name, ms, idMS)
		if e.row != 0 {
			args = append(args, e.row, e.chat, e.participant, int64(e.After.Ack), nil)
		} else {
			payload, err := t.s.opts.Encode(e.Event)
			if err != nil {
				return fmt.Errorf("event %s: %w: %w", e.Name, chat.ErrUnstorable, err)
			}
			payload = pack(payload)
			t.grown += int64(len(payload))
			args = append(args, nil, nil, nil, nil, notNil(payload))
		}
		t.written += e.count()
		t.grown += eventOverhead
		if len(args) == outboxWidth*eventsPerInsert {
			if err := t.run(insertEvents, args...); err != nil {
				return err
			}
			args = args[:0]
		}
	}
	for ; len(args) > 0; args = args[outboxWidth:] {
		if err := t.run(insertEvent, args[:outboxWidth]...); err != nil {
			return err
		}
	}
	return nil
}
