package delivery

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/wasession/wasession/runtime/chat"
)

// audience knows who listens to events, so that only those are written that somebody
// asks for: what webhooks select, and everything while a websocket is connected, or was
// within the retention, so that its client can resume.
type audience struct {
	outbox Outbox
	log    *slog.Logger
	// now is a clock that no step of the system's clock moves.
	now func() time.Time

	mu        sync.Mutex
	webhooks  []Webhook
	retention time.Duration
	sockets   int
	// heard is when there was last a websocket, saved what the store has of that.
	heard, saved time.Time
}

// saveHeardEvery is how often the store is told that a websocket is still there.
const saveHeardEvery = time.Hour

// configure follows the settings.
func (a *audience) configure(ctx context.Context, s Settings) error {
	last, err := a.outbox.LastListener(ctx)
	if err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.webhooks, a.retention, a.saved = s.Webhooks, s.Retention, last
	if last.After(a.heard) {
		a.heard = last
	}
	return a.tell(ctx)
}

// join adds a websocket. When it returns, everything that happens is written.
func (a *audience) join(ctx context.Context) (leave func(), err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.sockets++
	if err := a.update(ctx); err != nil {
		a.sockets--
		return nil, err
	}
	return func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.sockets--
		a.heard = a.now()
	}, nil
}

// refresh follows the passing of time.
func (a *audience) refresh(ctx context.Context) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.update(ctx)
}

func (a *audience) update(ctx context.Context) error {
	if a.sockets > 0 {
		a.heard = a.now()
	}
	gone := a.sockets == 0 && a.heard.After(a.saved)
	if gone || a.heard.Sub(a.saved) >= saveHeardEvery {
		a.save(ctx)
	}
	return a.tell(ctx)
}

// save stores when there was last a websocket. A failure, on a full disk for example,
// matters only after a restart: it is no reason to refuse a websocket.
func (a *audience) save(ctx context.Context) {
	if err := a.outbox.SaveLastListener(ctx, a.heard); err != nil {
		if ctx.Err() == nil {
			a.log.Warn("Failed to store that a websocket was connected; after a restart it may not be able to resume", "error", err)
		}
		return
	}
	a.saved = a.heard
}

// tell sets what the store writes.
func (a *audience) tell(ctx context.Context) error {
	if a.sockets > 0 || a.now().Sub(a.heard) < a.retention {
		return a.outbox.Listen(ctx, func(string) bool { return true })
	}
	wanted := map[string]bool{}
	for _, event := range chat.Events() {
		for _, w := range a.webhooks {
			wanted[event] = wanted[event] || w.events.has(event)
		}
	}
	return a.outbox.Listen(ctx, func(event string) bool { return wanted[event] })
}
