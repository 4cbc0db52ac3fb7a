package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// maxLate bounds the messages that are not in the indexes of filters yet, nor in
// the rows of LIDs. Added one by one, each would cost a page per index; together,
// they share a few.
const maxLate = 256

// lately is the condition for those messages: at most maxLate, and the last ones,
// because no later message is in the indexes either.
var lately = fmt.Sprintf(`pk > (SELECT max(pk) FROM messages) - %d AND late = 1`, maxLate)

// cameLate counts a message that is to be written as a late one.
func (t *txn) cameLate() error {
	if t.s.late >= maxLate {
		if err := t.catchUp(); err != nil {
			return err
		}
	}
	t.s.late++
	return nil
}

// catchUp adds all messages to the indexes of filters and to the rows of LIDs. If
// its transaction is rolled back, it is repeated with the next message.
func (t *txn) catchUp() error {
	if t.s.late == 0 {
		return nil
	}
	if err := t.catchUpApart(); err != nil {
		return err
	}
	if err := t.run(`UPDATE messages SET late = 0 WHERE ` + lately); err != nil {
		return err
	}
	t.s.late = 0
	return nil
}

// catchUpApart updates the rows of the LIDs under which late messages arrived.
func (t *txn) catchUpApart() error {
	type arrived struct {
		under int64
		arrival
	}
	all, err := collect(t.ctx, t.s.writer, func(rows *sql.Rows) (m arrived, err error) {
		err = rows.Scan(&m.under, &m.ts, &m.message)
		return m, err
	}, `SELECT arrived, ts, pk FROM messages WHERE `+lately+` AND via_lid = 1 ORDER BY ts, pk`)
	if err != nil {
		return err
	}
	newest := map[int64]arrival{}
	for _, m := range all {
		newest[m.under] = m.arrival
	}
	for under, a := range newest {
		if err := t.shiftApart(under, a); err != nil {
			return err
		}
	}
	return nil
}

// catchUpForApart brings the rows of LIDs up to date before they are listed. If
// that fails, because the disk is full for example, they are shown as they are.
func (s *Store) catchUpForApart(ctx context.Context) error {
	err := s.write(ctx, (*txn).catchUp)
	if err == nil || errors.Is(err, ErrClosed) || ctx.Err() != nil {
		return err
	}
	s.opts.Logger.Warn("Separate chats of LIDs may be shown without the latest messages", "error", err)
	return nil
}
