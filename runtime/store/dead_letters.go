package store

import (
	"context"
	"database/sql"
	"encoding/json"

	"github.com/wasession/wasession/runtime/chat"
)

// letterColumns are the columns of a dead letter, for scanDelivery.
const letterColumns = `SELECT o.pk, o.webhook, CASE o.replay WHEN 1 THEN 'replay' ELSE 'failed' END,
	o.seq, o.event_id, 0, o.event, o.payload, o.ts_ms, o.attempts, o.request_id, o.error, 0, o.failed_at_ms, ` + thinColumns + `
	FROM dead_letters o` + thinJoins + ` `

// eachEvent joins the rows o of the outbox with their one or two events n.
const eachEvent = ` CROSS JOIN (SELECT 0 AS n UNION ALL SELECT 1) n ON n.n <= o.more`

// eventName selects the name of such an event.
const eventName = `iif(n.n = 0, o.event, '` + chat.EventMessage + `')`

// pendingDeliveries selects the events that a webhook has not settled; only the
// first of them has been tried.
const pendingDeliveries = `SELECT 0, w.key, 'pending', o.seq + n.n, COALESCE(o.id, ''), COALESCE(o.id_ms, o.ts_ms), ` + eventName + `, o.payload, o.ts_ms,
	iif(o.seq + n.n = f.seq, w.attempts, 0), iif(o.seq + n.n = f.seq, w.request_id, ''), iif(o.seq + n.n = f.seq, w.error, ''),
	iif(o.seq + n.n = f.seq, w.next_at_ms, 0), 0, ` + thinColumns + `
	FROM outbox o` + eachEvent + ` CROSS JOIN webhooks w
	CROSS JOIN (SELECT k.key, max(r.seq, k.seq + 1) AS seq FROM webhooks k
		JOIN outbox r ON r.seq = (SELECT min(u.seq) FROM outbox u WHERE u.seq >= k.seq AND u.seq + u.more > k.seq)) f` + thinJoins + `
	WHERE f.key = w.key AND o.seq + n.n > w.seq `

func (s *Store) scanDelivery(rows *sql.Rows) (d chat.Delivery, err error) {
	var at, idMS, next, failed int64
	var r thin
	if err := rows.Scan(append([]any{&d.ID, &d.Webhook, &d.State, &d.Event.Seq, &d.Event.ID, &idMS, &d.Event.Name, &d.Event.Payload, &at,
		&d.Attempts, &d.RequestID, &d.LastError, &next, &failed}, r.dest()...)...); err != nil {
		return d, err
	}
	if d.Event.ID == "" {
		d.Event.ID = s.salt.id(idMS, d.Event.Seq)
	}
	d.Event.Payload, d.Event.Problem = r.payload(s, d.Event.Name, d.Event.Payload)
	d.Event.At, d.NextAt, d.FailedAt = fromMillis(at), fromMillis(next), fromMillis(failed)
	return d, nil
}

// Deliveries returns a page of pending or failed deliveries, oldest first.
// Pending ones include events that the webhook did not select and will skip.
func (s *Store) Deliveries(ctx context.Context, q chat.DeliveryQuery) ([]chat.Delivery, error) {
	query, webhook, order := letterColumns+`WHERE true `, `AND o.webhook = ?`, ` ORDER BY o.pk LIMIT +? OFFSET ?`
	if q.State == chat.DeliveryPending {
		query, webhook, order = pendingDeliveries, `AND w.key = ?`, ` ORDER BY o.seq, n.n, w.key LIMIT +? OFFSET ?`
	}
	var args []any
	if q.Webhook != "" {
		query += webhook
		args = append(args, q.Webhook)
	}
	scan := s.scanDelivery
	if q.Bare {
		scan = func(rows *sql.Rows) (chat.Delivery, error) {
			d, err := s.scanDelivery(rows)
			d.Event.Payload = nil // freed row by row
			return d, err
		}
	}
	return collect(ctx, s.read, scan, query+order, append(args, limit(q.Limit), q.Offset)...)
}

// Replay marks dead letters to be sent again: those with the given ids, or all
// if none are given; of one webhook, or of all if webhook is empty. It returns
// how many it marked.
func (s *Store) Replay(ctx context.Context, webhook string, ids ...int64) (int, error) {
	list, err := json.Marshal(ids)
	if err != nil {
		return 0, err
	}
	var n int64
	err = s.write(ctx, func(t *txn) (err error) {
		n, err = t.exec(`UPDATE dead_letters SET replay = 1 WHERE replay = 0 AND (?1 = '' OR webhook = ?1)
			AND (?2 OR pk IN (SELECT value FROM json_each(?3)))`, webhook, number(len(ids) == 0), string(list))
		return err
	})
	s.replaysAsked.Add(1)
	return int(n), err
}

// ReplaysAsked counts the calls of Replay.
func (s *Store) ReplaysAsked() uint64 { return s.replaysAsked.Load() }

// Replays returns the dead letters of a webhook marked to be sent again, oldest
// first.
func (s *Store) Replays(ctx context.Context, webhook string, max int) ([]chat.Delivery, error) {
	return collect(ctx, s.read, s.scanDelivery, letterColumns+`WHERE o.webhook = ? AND o.replay = 1 ORDER BY o.pk LIMIT +?`, webhook, limit(max))
}

// SettleReplay removes a replayed dead letter that was delivered. With an error
// text it marks it as failed again, with one more attempt.
func (s *Store) SettleReplay(ctx context.Context, id int64, failure string) error {
	return s.write(ctx, func(t *txn) error {
		if failure == "" {
			return t.dropLetters(`pk = ?`, id)
		}
		return t.run(`UPDATE dead_letters SET replay = 0, attempts = attempts + 1, error = ?, failed_at_ms = ? WHERE pk = ?`,
			failure, t.s.now().UnixMilli(), id)
	})
}
