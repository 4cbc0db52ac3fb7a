package delivery

import (
	"context"
	"sync"
	"time"
)

// A cursor is written for several deliveries at once: when so many were made, or so
// long after the first of them. A process that is killed in between makes them again,
// with the same request ids.
const (
	flushEvents = 128
	flushDelay  = 100 * time.Millisecond
)

// progress is how far a worker is, and how much of that the store knows.
type progress struct {
	outbox  Outbox
	webhook string
	// dirty is signaled when there is something to write.
	dirty chan struct{}

	mu sync.Mutex
	// stored and passed are places in the outbox; unwritten counts the events between.
	stored, passed int64
	unwritten      int
}

func newProgress(outbox Outbox, webhook string) *progress {
	return &progress{outbox: outbox, webhook: webhook, dirty: make(chan struct{}, 1)}
}

// begin continues from what the store has.
func (p *progress) begin(seq int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stored, p.passed, p.unwritten = seq, seq, 0
}

// pass settles an event: it was delivered, or not selected.
func (p *progress) pass(ctx context.Context, seq int64) error {
	p.mu.Lock()
	p.passed = seq
	p.unwritten++
	full := p.unwritten >= flushEvents
	p.mu.Unlock()
	if full {
		return p.flush(ctx)
	}
	select {
	case p.dirty <- struct{}{}:
	default:
	}
	return nil
}

// flush writes the cursor, also if ctx has ended: a delivery that was made should not
// be repeated after a restart.
func (p *progress) flush(ctx context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.passed == p.stored {
		return nil
	}
	if err := p.outbox.Advance(context.WithoutCancel(ctx), p.webhook, p.stored, p.passed); err != nil {
		return err
	}
	p.stored, p.unwritten = p.passed, 0
	return nil
}

// run writes the cursor a moment after each change, until ctx ends or writing fails.
func (p *progress) run(ctx context.Context) error {
	timer := time.NewTimer(flushDelay)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-p.dirty:
		}
		timer.Reset(flushDelay)
		select {
		case <-ctx.Done():
			return nil
		case <-timer.C:
		}
		if err := p.flush(ctx); err != nil {
			return err
		}
	}
}
