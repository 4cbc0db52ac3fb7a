package store

import (
	"database/sql"

	"github.com/wasession/wasession/runtime/chat"
)

// fullOutbox is the error of a dead letter that was never attempted.
const fullOutbox = "the outbox was full before the event could be delivered"

// giveUp makes dead letters of the events that a query names, for each webhook
// that wants them and has not settled them. It moves those webhooks past the
// events, so that attempts at a removed event do not count against the next
// one.
func (t *txn) giveUp(r chat.OutboxRules, query string, args ...any) (letters int64, err error) {
	t.moving = true
	t.s.moves.Add(1)
	type unsettled struct {
		chat.Cursor
		event string
		at    int64
	}
	all, err := collect(t.ctx, t.s.writer, func(rows *sql.Rows) (u unsettled, err error) {
		err = rows.Scan(&u.Webhook, &u.Attempts, &u.RequestID, &u.LastError, &u.event, &u.at)
		return u, err
	}, `SELECT w.key, w.attempts, w.request_id, w.error, `+eventName+`, o.seq + n.n FROM outbox o`+eachEvent+`
		CROSS JOIN webhooks w ON w.seq < o.seq + n.n WHERE o.seq IN (`+query+`) ORDER BY o.seq, n.n`, args...)
	if err != nil {
		return 0, err
	}
	last := map[string]int64{}
	for _, u := range all {
		_, tried := last[u.Webhook]
		last[u.Webhook] = u.at
		if r.Wants != nil && !r.Wants(u.Webhook, u.event) {
			continue
		}
		c := chat.Cursor{Webhook: u.Webhook, LastError: fullOutbox}
		if !tried && u.Attempts > 0 { // the cursor's attempts are those of its first event
			c.Attempts, c.RequestID, c.LastError = u.Attempts, u.RequestID, fullOutbox+"; the last attempt: "+u.LastError
		}
		if err := t.bury(c, u.at); err != nil {
			return 0, err
		}
		letters++
	}
	for webhook, seq := range last {
		if _, err := t.advance(webhook, seq); err != nil {
			return 0, err
		}
	}
	return letters, nil
}

// dropLetters removes the dead letters that match a condition.
func (t *txn) dropLetters(condition string, args ...any) error {
	_, err := t.countAndDropLetters(condition, args...)
	return err
}

// countAndDropLetters is dropLetters, and returns how many there were.
func (t *txn) countAndDropLetters(condition string, args ...any) (removed int64, err error) {
	var size int64
	if err := t.row(`SELECT count(*), COALESCE(sum(length(payload)), 0) FROM dead_letters WHERE `+condition, args...).
		Scan(&removed, &size); err != nil || removed == 0 {
		return 0, err
	}
	t.buried -= size + removed*letterOverhead
	return removed, t.run(`DELETE FROM dead_letters WHERE `+condition, args...)
}
