package delivery

import (
	"context"
	"errors"
	"log/slog"
	"reflect"
	"sync"
	"time"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/egress"
)

// Options configure a Dispatcher. Logger is optional.
type Options struct {
	Outbox Outbox
	// Envelope encodes an event's body.
	Envelope func(chat.StoredEvent) ([]byte, error)
	Egress   egress.Policy
	Logger   *slog.Logger
	// Metrics defaults to unregistered metrics.
	Metrics *Metrics
}

// attemptTimeout limits one attempt: connect, request and response.
const attemptTimeout = 30 * time.Second

// pruneEvery is the interval at which the outbox is pruned. It is also pruned as
// soon as it exceeds its limits.
const pruneEvery = time.Minute

// Default limits of the outbox.
const (
	DefaultMaxEvents = 2_000_000
	DefaultMaxBytes  = 512 << 20
	DefaultRetention = 7 * 24 * time.Hour
)

// Settings can change while a Dispatcher runs.
type Settings struct {
	Webhooks []Webhook
	// MaxEvents, MaxBytes and Retention limit the outbox; 0 means the default.
	MaxEvents, MaxBytes int64
	Retention           time.Duration
}

// order is what Configure was called with.
type order struct {
	Settings
	// inEffect is closed once every event reaches the listeners of the settings.
	inEffect chan struct{}
}

// done says that the settings are in effect; they may be so again after a failure.
func (o order) done() {
	select {
	case <-o.inEffect:
	default:
		close(o.inEffect)
	}
}

// Dispatcher owns the workers of all webhooks. Run owns it; the other methods
// may be called from any goroutine.
type Dispatcher struct {
	Options
	// changed holds the newest settings that Run has not applied yet.
	changed  chan order
	audience *audience
	// began is the time of creation: ages are measured from it, so that a step of the
	// system clock does not make everything old.
	began time.Time

	mu sync.Mutex
	// wakes are the channels of workers and websockets.
	wakes map[chan struct{}]struct{}
}

// New returns a dispatcher without webhooks.
func New(o Options) *Dispatcher {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Metrics == nil {
		o.Metrics = NewMetrics(nil)
	}
	d := &Dispatcher{Options: o, changed: make(chan order, 1), began: time.Now(), wakes: map[chan struct{}]struct{}{}}
	d.audience = &audience{outbox: o.Outbox, log: o.Logger, now: d.now}
	return d
}

// now is the time by a clock that no step of the system's clock moves.
func (d *Dispatcher) now() time.Time { return d.began.Add(time.Since(d.began)) }

// Configure applies settings without a restart. A webhook that is not
// listed is deleted with its cursor and its dead letters. The channel is closed once
// the settings are in effect: not before Run, and never if others follow at once.
func (d *Dispatcher) Configure(s Settings) (inEffect <-chan struct{}) {
	if s.MaxEvents == 0 {
		s.MaxEvents = DefaultMaxEvents
	}
	if s.MaxBytes == 0 {
		s.MaxBytes = DefaultMaxBytes
	}
	if s.Retention == 0 {
		s.Retention = DefaultRetention
	}
	o := order{s, make(chan struct{})}
	for {
		select {
		case d.changed <- o:
			return o.inEffect
		case <-d.changed: // older
		}
	}
}

// Notify tells workers and websockets that the outbox has something new. It
// never blocks.
func (d *Dispatcher) Notify() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for wake := range d.wakes {
		select {
		case wake <- struct{}{}:
		default:
		}
	}
}

// How long delivery waits after a store error. The delay doubles with each error in
// a row.
const (
	restFirst = time.Second
	restMost  = time.Minute
)

// Run delivers until ctx ends, starting with the first Configure. While the store
// fails, for example because the disk is full, it waits and retries.
func (d *Dispatcher) Run(ctx context.Context) error {
	var current order
	select {
	case <-ctx.Done():
		return nil
	case current = <-d.changed:
	}
	rest := restFirst
	for {
		began := time.Now()
		next, err := d.runWith(ctx, current)
		if ctx.Err() != nil {
			return nil
		}
		if err == nil {
			current, rest = next, restFirst
			continue
		}
		if time.Since(began) > 2*restMost {
			rest = restFirst
		}
		d.Logger.Error("Delivery interrupted by a store failure", "error", err, "retryIn", rest)
		timer := time.NewTimer(rest)
		select {
		case <-ctx.Done():
		case current = <-d.changed:
		case <-timer.C:
		}
		timer.Stop()
		rest = min(2*rest, restMost)
	}
}

// runWith delivers with the settings until they change.
func (d *Dispatcher) runWith(ctx context.Context, o order) (next order, err error) {
	s := o.Settings
	if err := d.audience.configure(ctx, s); err != nil {
		return order{}, ignoreEnd(ctx, err)
	}
	keys := make([]string, len(s.Webhooks))
	for i, w := range s.Webhooks {
		keys[i] = w.Key
		// A new webhook gets its cursor now, not at its first event.
		if err := w.Register(ctx, d.Outbox); err != nil {
			return order{}, ignoreEnd(ctx, err)
		}
	}
	if err := d.Outbox.KeepWebhooks(ctx, keys); err != nil {
		return order{}, ignoreEnd(ctx, err)
	}
	o.done()
	ctx, cancel := context.WithCancel(ctx)
	var workers sync.WaitGroup
	defer workers.Wait()
	defer cancel()
	failed := make(chan error, len(s.Webhooks))
	for _, webhook := range s.Webhooks {
		client := d.Egress.Client(attemptTimeout)
		w := &worker{
			webhook: webhook, outbox: d.Outbox, envelope: d.Envelope, client: client,
			log: d.Logger, metrics: d.Metrics, wake: make(chan struct{}, 1),
		}
		forget := d.listen(w.wake)
		workers.Go(func() {
			defer client.CloseIdleConnections()
			defer forget()
			if err := w.run(ctx); err != nil {
				failed <- err
			}
		})
	}
	prune := time.NewTicker(pruneEvery)
	defer prune.Stop()
	grown := make(chan struct{}, 1)
	grown <- struct{}{} // what is there already may be beyond new bounds
	defer d.listen(grown)()
	for {
		select {
		case <-ctx.Done():
			return order{}, nil
		case next := <-d.changed:
			// Workers that need no change keep running, including their current delivery.
			if !reflect.DeepEqual(next.Settings, s) {
				return next, nil
			}
			next.done()
		case err := <-failed:
			return order{}, err
		case <-prune.C:
			if err := errors.Join(d.audience.refresh(ctx), d.prune(ctx, s)); err != nil {
				return order{}, ignoreEnd(ctx, err)
			}
		case <-grown:
			if !d.Outbox.Overfull(d.rules(s)) {
				continue
			}
			if err := d.prune(ctx, s); err != nil {
				return order{}, ignoreEnd(ctx, err)
			}
		}
	}
}

// rules returns the limits of the outbox.
func (d *Dispatcher) rules(s Settings) chat.OutboxRules {
	wanted := make(map[string]selection, len(s.Webhooks))
	for _, w := range s.Webhooks {
		wanted[w.Key] = w.events
	}
	return chat.OutboxRules{
		Now: d.now(), Retention: s.Retention, MaxEvents: s.MaxEvents, MaxBytes: s.MaxBytes,
		Wants: func(webhook, event string) bool { return wanted[webhook].has(event) },
	}
}

func (d *Dispatcher) prune(ctx context.Context, s Settings) error {
	p, err := d.Outbox.Prune(ctx, d.rules(s))
	if p.DeadLetters > 0 {
		d.Metrics.deadLettered.Add(float64(p.DeadLetters))
		d.Logger.Warn("Outbox is full; oldest events moved to dead letters", "deadLetters", p.DeadLetters)
	}
	if p.Lost > 0 {
		d.Metrics.lost.Add(float64(p.Lost))
		d.Logger.Error("Outbox is full; oldest dead letters deleted", "deadLetters", p.Lost)
	}
	return err
}

// listen registers a channel with Notify until forget is called.
func (d *Dispatcher) listen(wake chan struct{}) (forget func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.wakes[wake] = struct{}{}
	return func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		delete(d.wakes, wake)
	}
}

// ignoreEnd drops errors caused by the end of ctx.
func ignoreEnd(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}
