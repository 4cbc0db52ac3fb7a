package delivery

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/wasession/wasession/runtime/chat"
)

// Outbox is the part of the store that delivery uses.
type Outbox interface {
	// Webhook returns a webhook's cursor; a new one starts after the newest event.
	Webhook(ctx context.Context, key string) (chat.Cursor, error)
	// NameWebhook gives a webhook another key, if there is none with it yet.
	NameWebhook(ctx context.Context, from, to string) error
	// KeepWebhooks deletes all other webhooks.
	KeepWebhooks(ctx context.Context, keys []string) error
	// EventsFrom returns at most limit events after a position.
	EventsFrom(ctx context.Context, seq int64, limit int) ([]chat.StoredEvent, error)
	// EventsAfter returns at most limit events after the one with an ID.
	EventsAfter(ctx context.Context, id string, limit int) ([]chat.StoredEvent, error)
	// LastSeq returns the position of the newest event.
	LastSeq(ctx context.Context) (int64, error)
	// Moves changes while pruning moves webhooks past events that it removes: it is odd
	// meanwhile, and each time another number.
	Moves() uint64
	// Advance settles the events after one place up to another, all of which were
	// delivered or not selected.
	Advance(ctx context.Context, webhook string, after, through int64) error
	// Retry stores a failed attempt.
	Retry(ctx context.Context, c chat.Cursor) error
	// Deadletter turns an event into a dead letter and advances past it.
	Deadletter(ctx context.Context, c chat.Cursor, seq int64) error
	// ReplaysAsked counts the requests to send dead letters again.
	ReplaysAsked() uint64
	// Replays returns dead letters to send again.
	Replays(ctx context.Context, webhook string, limit int) ([]chat.Delivery, error)
	// SettleReplay ends a replay, with an error text if it failed.
	SettleReplay(ctx context.Context, id int64, failure string) error
	// Listen sets which events are written from now on.
	Listen(ctx context.Context, wanted func(event string) bool) error
	// LastListener is the time that SaveLastListener last stored; zero before.
	LastListener(ctx context.Context) (time.Time, error)
	SaveLastListener(ctx context.Context, at time.Time) error
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

	// cursor is what the store had when moves was its Moves; progress is how far the
	// worker has come since.
	cursor   chat.Cursor
	moves    uint64
	progress *progress
	// replays is the number of replay requests that have been carried out.
	replays uint64
	// loaded says that cursor is; replayed that replays is.
	loaded, replayed bool
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
	w.progress = newProgress(w.outbox, w.webhook.Key)
	ctx, cancel := context.WithCancelCause(ctx)
	var flusher sync.WaitGroup
	flusher.Go(func() {
		if err := w.progress.run(ctx); err != nil {
			cancel(err)
		}
	})
	err := w.steps(ctx)
	if cause := context.Cause(ctx); err == nil && !errors.Is(cause, context.Canceled) {
		err = cause // the flusher's
	}
	cancel(nil)
	flusher.Wait()
	return errors.Join(err, w.progress.flush(ctx))
}

// steps works until ctx ends or the store fails.
func (w *worker) steps(ctx context.Context) error {
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
	if more, err := w.replayOne(ctx); err != nil || more {
		return 0, err
	}
	if !w.current() {
		if err := w.load(ctx); err != nil {
			return 0, err
		}
	}
	if wait := w.pause.left(w.cursor, time.Now()); wait > 0 {
		return wait, nil
	}
	events, err := w.outbox.EventsFrom(ctx, w.progress.passed, page)
	if err != nil || len(events) == 0 {
		return idle, err
	}
	return 0, w.deliverPage(ctx, events)
}

// current reports whether nothing but this worker has moved the webhook since its
// cursor was loaded.
func (w *worker) current() bool {
	return w.loaded && w.moves%2 == 0 && w.moves == w.outbox.Moves()
}

// load reads the cursor.
func (w *worker) load(ctx context.Context) (err error) {
	if w.loaded {
		if err := w.progress.flush(ctx); err != nil {
			return err
		}
	}
	w.moves = w.outbox.Moves()
	if w.cursor, err = w.outbox.Webhook(ctx, w.webhook.Key); err != nil {
		return err
	}
	w.progress.begin(w.cursor.Seq)
	w.loaded = true
	return nil
}

// deliverPage delivers events until one fails or all are delivered. Events that the
// webhook did not select are skipped.
func (w *worker) deliverPage(ctx context.Context, events []chat.StoredEvent) error {
	for _, event := range events {
		if !w.webhook.events.has(event.Name) {
			if err := w.progress.pass(ctx, event.Seq); err != nil {
				return err
			}
			continue
		}
		// Pruning may have turned it into a dead letter since the page was read.
		if !w.current() {
			if err := w.load(ctx); err != nil {
				return err
			}
			if w.cursor.Seq >= event.Seq {
				return nil
			}
		}
		if failed := w.attempt(ctx, event); failed != nil {
			if ctx.Err() != nil {
				return ctx.Err() // cut off: made again, with the same request id
			}
			return w.failed(ctx, event, failed)
		}
		if err := w.progress.pass(ctx, event.Seq); err != nil {
			return err
		}
		w.metrics.delivered.Inc()
		w.metrics.lag.Observe(time.Since(event.At).Seconds())
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
func (w *worker) failed(ctx context.Context, event chat.StoredEvent, f *failure) error {
	w.metrics.failed.Inc()
	if err := w.progress.flush(ctx); err != nil {
		return err
	}
	w.loaded = false
	cursor := w.cursor
	if cursor.Seq != w.progress.passed { // it is about an earlier event
		cursor = chat.Cursor{Webhook: w.webhook.Key, Seq: w.progress.passed}
	}
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

// replayOne sends the next dead letter that is to be sent again, and reports whether
// there was one. It looks for them at the start, and when they were asked for.
func (w *worker) replayOne(ctx context.Context) (bool, error) {
	asked := w.outbox.ReplaysAsked()
	if w.replayed && asked == w.replays {
		return false, nil
	}
	letters, err := w.outbox.Replays(ctx, w.webhook.Key, 1)
	if err != nil {
		return false, err
	}
	if len(letters) == 0 {
		w.replays, w.replayed = asked, true
		return false, nil
	}
	return true, w.replay(ctx, letters[0])
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
