package store

import (
	"fmt"
	"strings"

	"github.com/wasession/wasession/runtime/chat"
)

// eventsPerInsert keeps statements short: the driver's binding of parameters
// takes time by the square of their number.
const eventsPerInsert = 16

// emit adds an event to the transaction.
func (t *txn) emit(e chat.Event) { t.events = append(t.events, e) }

// writeEvents encodes the transaction's events into the outbox and says how
// many and how large they were.
func (t *txn) writeEvents() (written, size int64, err error) {
	if t.s.opts.Encode == nil {
		return 0, 0, nil
	}
	ms := t.s.now().UnixMilli()
	var args []any
	flush := func() error {
		if len(args) == 0 {
			return nil
		}
		rows := strings.Repeat(",(?,?,?,?)", len(args)/4)[1:]
		err := t.run(`INSERT INTO outbox (id, event, payload, ts_ms) VALUES `+rows, args...)
		args = args[:0]
		return err
	}
	for _, e := range t.events {
		if !t.s.opts.Wanted(e.Name) {
			continue
		}
		payload, err := t.s.opts.Encode(e)
		if err != nil {
			return 0, 0, fmt.Errorf("event %s: %w: %w", e.Name, chat.ErrUnstorable, err)
		}
		id, err := t.s.ulids.next(uint64(ms))
		if err != nil {
			return 0, 0, fmt.Errorf("event id: %w", err)
		}
		if payload == nil {
			payload = []byte{} // a NULL would be refused
		}
		args = append(args, id, e.Name, payload, ms)
		written, size = written+1, size+int64(len(payload))
		if len(args) == 4*eventsPerInsert {
			if err := flush(); err != nil {
				return 0, 0, err
			}
		}
	}
	return written, size, flush()
}
