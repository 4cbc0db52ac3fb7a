package delivery

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/wasession/wasession/runtime/chat"
)

// Outbox is what delivery needs of the store.
type Outbox interface {
	// Webhook returns a webhook's cursor; a new one starts behind the newest event.
	Webhook(ctx context.Context, key string) (chat.Cursor, error)
	// KeepWebhooks forgets all other webhooks.
	KeepWebhooks(ctx context.Context, keys []string) error
	// EventsFrom are the events after a place, at most limit.
	EventsFrom(ctx context.Context, seq int64, limit int) ([]chat.StoredEvent, error)
	// EventsAfter are the events after the one with an id, at most limit.
	EventsAfter(ctx context.Context, id string, limit int) ([]chat.StoredEvent, error)
	// LastSeq is the newest event's place.
	LastSeq(ctx context.Context) (int64, error)
	// Advance says that events up to seq are settled.
	Advance(ctx context.Context, webhook string, seq int64) error
	// Retry writes a failed attempt down.
	Retry(ctx context.Context, c chat.Cursor) error
	// Deadletter gives an event up and advances past it.
	Deadletter(ctx context.Context, c chat.Cursor, seq int64) error
	// Replays are dead letters that are to be sent again.
	Replays(ctx context.Context, webhook string, limit int) ([]chat.Delivery, error)
	// SettleReplay ends a replay, with an error text if it failed.
	SettleReplay(ctx context.Context, id int64, failure string) error
	// Prune removes what is old or too much, Overfull says whether there is too
	// much.
	Prune(ctx context.Context, rules chat.OutboxRules) (chat.Pruned, error)
	Overfull(rules chat.OutboxRules) bool
}

// page is the number of events read at once. It bounds what a worker holds.
const page = 64

// idle is how long a worker sleeps at most: a guard, for it is woken by each
// commit.
const idle = time.Minute

// worker delivers to one webhook, in order.
type worker struct {
	webhook  Webhook
	outbox   Outbox
	envelope func(chat.StoredEvent) ([]byte, error)
	client   *http.Client
	log      *slog.Logger
	metrics  *Metrics
	// wake is signalled after each commit and each request for a replay.
	wake chan struct{}
	// pause is the wait before the next attempt.
	pause pause
}

// pause is a wait that a step of the clock neither cuts short nor lengthens: the
// store has its end by the clock, for the next process; this one counts itself.
type pause struct {
	seq      int64
	attempts int
	until    time.Time
}

// left is what is left of the wait that a cursor speaks of. One that this
// process did not begin is no longer than any that is ever chosen.
func (p *pause) left(c chat.Cursor, now time.Time) time.Duration {
	if c.NextAt.IsZero() {
		return 0
	}
	if p.seq != c.Seq || p.attempts != c.Attempts {
		p.begin(c, min(c.NextAt.Sub(now.Round(0)), maxDelay), now)
	}
	return p.until.Sub(now)
}

func (p *pause) begin(c chat.Cursor, wait time.Duration, now time.Time) {
	*p = pause{seq: c.Seq, attempts: c.Attempts, until: now.Add(wait)}
}

// run works until ctx ends, or the store fails.
func (w *worker) run(ctx context.Context) error {
	for {
		wait, err := w.step(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		if wait <= 0 {
			continue
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-w.wake:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// step does the next piece of work and says how long there is none after it.
func (w *worker) step(ctx context.Context) (wait time.Duration, err error) {
	replays, err := w.outbox.Replays(ctx, w.webhook.Key, 1)
	if err != nil {
		return 0, err
	}
	if len(replays) > 0 {
		return 0, w.replay(ctx, replays[0])
	}
	cursor, err := w.outbox.Webhook(ctx, w.webhook.Key)
	if err != nil {
		return 0, err
	}
	if wait := w.pause.left(cursor, time.Now()); wait > 0 {
		return wait, nil
	}
	events, err := w.outbox.EventsFrom(ctx, cursor.Seq, page)
	if err != nil || len(events) == 0 {
		return idle, err
	}
	return 0, w.deliverPage(ctx, cursor, events)
}

// deliverPage delivers events until one fails or all are through. What the
// webhook does not want is passed over, and settled with what comes after it.
func (w *worker) deliverPage(ctx context.Context, cursor chat.Cursor, events []chat.StoredEvent) error {
	passed := cursor.Seq
	for _, event := range events {
		if !w.webhook.events.has(event.Name) {
			passed = event.Seq
			continue
		}
		if passed != cursor.Seq {
			if err := w.outbox.Advance(ctx, w.webhook.Key, passed); err != nil {
				return err
			}
			cursor = chat.Cursor{Webhook: cursor.Webhook, Seq: passed}
		}
		// Pruning may have made a dead letter of it since the page was read.
		if now, err := w.outbox.Webhook(ctx, w.webhook.Key); err != nil || now.Seq >= event.Seq {
			return err
		}
		if failed := w.attempt(ctx, event); failed != nil {
			if ctx.Err() != nil {
				return ctx.Err() // cut off: made again, with the same request id
			}
			return w.failed(ctx, cursor, event, failed)
		}
		// What was taken is written down though ctx may have ended meanwhile: a
		// stop repeats no delivery.
		if err := w.outbox.Advance(context.WithoutCancel(ctx), w.webhook.Key, event.Seq); err != nil {
			return err
		}
		passed = event.Seq
		cursor = chat.Cursor{Webhook: cursor.Webhook, Seq: passed}
		w.metrics.delivered.Inc()
		w.metrics.lag.Observe(time.Since(event.At).Seconds())
	}
	if passed != cursor.Seq {
		return w.outbox.Advance(ctx, w.webhook.Key, passed)
	}
	return nil
}

// unwritable is the reason of a failure that no further attempt would change.
const unwritable = "the event cannot be written as JSON"

func (w *worker) attempt(ctx context.Context, event chat.StoredEvent) *failure {
	if event.Problem != nil {
		return &failure{reason: unwritable, final: true}
	}
	body, err := w.envelope(event)
	if err != nil {
		return &failure{reason: unwritable, final: true}
	}
	return send(ctx, w.client, w.webhook, RequestID(w.webhook.Key, event.ID), body)
}

// failed writes a failed attempt down: the next one comes later, or the event
// goes to the dead letters and the next event has its turn.
func (w *worker) failed(ctx context.Context, cursor chat.Cursor, event chat.StoredEvent, f *failure) error {
	w.metrics.failed.Inc()
	cursor.Attempts++
	cursor.RequestID = RequestID(w.webhook.Key, event.ID)
	cursor.LastError = f.reason
	if f.final || cursor.Attempts >= w.webhook.retries.attempts {
		w.metrics.deadLettered.Inc()
		w.log.Warn("Webhook delivery abandoned", "webhook", w.webhook.Key, "event", event.Name, "id", event.ID, "attempts", cursor.Attempts, "reason", f.reason)
		return w.outbox.Deadletter(ctx, cursor, event.Seq)
	}
	wait := max(w.webhook.retries.backoff(cursor.Attempts), f.after)
	now := time.Now()
	cursor.NextAt = now.Add(wait)
	w.pause.begin(cursor, wait, now)
	w.log.Info("Webhook delivery failed", "webhook", w.webhook.Key, "event", event.Name, "id", event.ID, "attempt", cursor.Attempts, "reason", f.reason, "retryIn", wait)
	return w.outbox.Retry(ctx, cursor)
}

// replay sends one dead letter again, once: who asked for it looks at the list.
func (w *worker) replay(ctx context.Context, letter chat.Delivery) error {
	failed := w.attempt(ctx, letter.Event)
	if failed == nil {
		w.metrics.delivered.Inc()
		return w.outbox.SettleReplay(context.WithoutCancel(ctx), letter.ID, "")
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	w.metrics.failed.Inc()
	return w.outbox.SettleReplay(ctx, letter.ID, failed.reason)
}
