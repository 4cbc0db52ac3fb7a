package delivery

import (
	"context"
	"log/slog"
	"reflect"
	"sync"
	"time"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/egress"
)

// Options are the parts of a dispatcher. Logger is optional.
type Options struct {
	Outbox Outbox
	// Envelope makes an event's body.
	Envelope func(chat.StoredEvent) ([]byte, error)
	Egress   egress.Policy
	Logger   *slog.Logger
	// Metrics defaults to figures that nobody reads.
	Metrics *Metrics
}

// attemptTimeout bounds one attempt: connecting, sending, and the answer.
const attemptTimeout = 30 * time.Second

// pruneEvery is the time between two prunings of the outbox.
const pruneEvery = time.Minute

// Bounds of the outbox where the configuration sets none.
const (
	DefaultMaxEvents = 100_000
	DefaultRetention = 7 * 24 * time.Hour
)

// Settings are what can change while a dispatcher runs.
type Settings struct {
	Webhooks []Webhook
	// MaxEvents and Retention bound the outbox; 0 means the defaults.
	MaxEvents int64
	Retention time.Duration
}

// Dispatcher owns the workers of all webhooks. Run owns it; the other methods
// may be called from any goroutine.
type Dispatcher struct {
	Options
	// changed holds the newest settings that Run has not taken on yet.
	changed chan Settings

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
	return &Dispatcher{Options: o, changed: make(chan Settings, 1), wakes: map[chan struct{}]struct{}{}}
}

// Configure takes settings on, live. A webhook whose URL is not among them is
// forgotten, with its place and its dead letters.
func (d *Dispatcher) Configure(s Settings) {
	if s.MaxEvents == 0 {
		s.MaxEvents = DefaultMaxEvents
	}
	if s.Retention == 0 {
		s.Retention = DefaultRetention
	}
	for {
		select {
		case d.changed <- s:
			return
		case <-d.changed: // older than s
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

// Run delivers until ctx ends, or the store fails. It waits for Configure.
func (d *Dispatcher) Run(ctx context.Context) error {
	var settings Settings
	select {
	case <-ctx.Done():
		return nil
	case settings = <-d.changed:
	}
	for {
		next, err := d.runWith(ctx, settings)
		if err != nil || ctx.Err() != nil {
			return err
		}
		settings = next
	}
}

// runWith delivers with settings until there are new ones.
func (d *Dispatcher) runWith(ctx context.Context, s Settings) (next Settings, err error) {
	keys := make([]string, len(s.Webhooks))
	for i, w := range s.Webhooks {
		keys[i] = w.Key
		// A new webhook takes its place in the outbox now, not at its first event.
		if _, err := d.Outbox.Webhook(ctx, w.Key); err != nil {
			return Settings{}, ignoreEnd(ctx, err)
		}
	}
	if err := d.Outbox.KeepWebhooks(ctx, keys); err != nil {
		return Settings{}, ignoreEnd(ctx, err)
	}
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
	for {
		select {
		case <-ctx.Done():
			return Settings{}, nil
		case next := <-d.changed:
			// Workers are not disturbed, nor what they are sending, without need.
			if !reflect.DeepEqual(next, s) {
				return next, nil
			}
		case err := <-failed:
			return Settings{}, err
		case <-prune.C:
			lost, err := d.Outbox.Prune(ctx, s.Retention, s.MaxEvents)
			if err != nil {
				return Settings{}, ignoreEnd(ctx, err)
			}
			if lost > 0 {
				d.Metrics.lost.Add(float64(lost))
				d.Logger.Error("the outbox is full: the oldest events were removed before a webhook took them", "events", lost)
			}
		}
	}
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

// ignoreEnd leaves out errors that come of the end of ctx.
func ignoreEnd(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}
