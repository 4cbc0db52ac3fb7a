package delivery

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/wasession/wasession/runtime/chat"
)

// Outbox is the part of the store that delivery uses.
type Outbox interface {
	// Webhook returns a webhook's cursor; a new one starts after the newest event.
	Webhook(ctx context.Context, key string) (chat.Cursor, error)
	// KeepWebhooks deletes all other webhooks.
	KeepWebhooks(ctx context.Context, keys []string) error
	// EventsFrom returns at most limit events after a position.
	EventsFrom(ctx context.Context, seq int64, limit int) ([]chat.StoredEvent, error)
	// EventsAfter returns at most limit events after the one with an ID.
	EventsAfter(ctx context.Context, id string, limit int) ([]chat.StoredEvent, error)
	// LastSeq returns the position of the newest event.
	LastSeq(ctx context.Context) (int64, error)
	// Advance moves the cursor to seq.
	Advance(ctx context.Context, webhook string, seq int64) error
	// Retry stores a failed attempt.
	Retry(ctx context.Context, c chat.Cursor) error
	// Deadletter turns an event into a dead letter and advances past it.
	Deadletter(ctx context.Context, c chat.Cursor, seq int64) error
	// Replays returns dead letters to send again.
	Replays(ctx context.Context, webhook string, limit int) ([]chat.Delivery, error)
	// SettleReplay ends a replay, with an error text if it failed.
	SettleReplay(ctx context.Context, id int64, failure string) error
	// Prune removes old and excess events; Overfull says whether the limits are
	// exceeded.
	Prune(ctx context.Context, rules chat.OutboxRules) (chat.Pruned, error)
	Overfull(rules chat.OutboxRules) bool
}

// page is the number of events read at once, which limits a worker's memory.
const page = 64

// idle is the longest time a worker sleeps, as a safeguard: each commit wakes it.
const idle = time.Minute

// worker delivers to one webhook, in order.
type worker struct {
	webhook  Webhook
	outbox   Outbox
	envelope func(chat.StoredEvent) ([]byte, error)
	client   *http.Client
	log      *slog.Logger
	metrics  *Metrics
	// wake is signaled after each commit and each replay request.
	wake chan struct{}
	// pause is the delay before the next attempt.
	pause pause
}

// pause is a delay that is independent of steps of the system clock. The store has
// its end as wall time, for the next process.
type pause struct {
	seq      int64
	attempts int
	until    time.Time
}

// left is the rest of a cursor's delay. A delay that another process started is
// capped at the longest possible one.
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

// run delivers until ctx ends or the store fails.
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

// step does the next piece of work and returns how long to wait for more.
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

// deliverPage delivers events until one fails or all are delivered. Events that the
// webhook did not select are skipped.
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
		// Pruning may have turned it into a dead letter since the page was read.
		if now, err := w.outbox.Webhook(ctx, w.webhook.Key); err != nil || now.Seq >= event.Seq {
			return err
		}
		if failed := w.attempt(ctx, event); failed != nil {
			if ctx.Err() != nil {
				return ctx.Err() // cut off: made again, with the same request id
			}
			return w.failed(ctx, cursor, event, failed)
		}
		// A successful delivery is stored even if ctx has ended, so that it is not
		// repeated after a restart.
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

// unwritable is the reason of a failure that retrying cannot fix.
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

// failed stores a failed attempt. The event is retried later, or becomes a dead
// letter.
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

// replay sends one dead letter again, with a single attempt.
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
