package delivery

import (
	"context"
	"sync"
	"time"
)

// A cursor is written once for several deliveries: after this many, or this long
// after the first of them. A process that is killed in between repeats them, with
// the same request ids.
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

	// writing is held while the cursor is written, mu never: deliveries go on.
	writing sync.Mutex
	mu      sync.Mutex
	// stored and passed are positions in the outbox; unwritten counts the events
	// between them.
	stored, passed int64
	unwritten      int
}

func newProgress(outbox Outbox, webhook string) *progress {
	return &progress{outbox: outbox, webhook: webhook, dirty: make(chan struct{}, 1)}
}

// begin continues from the position in the store. Nothing may be unwritten.
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
	p.writing.Lock()
	defer p.writing.Unlock()
	p.mu.Lock()
	after, through, events := p.stored, p.passed, p.unwritten
	p.mu.Unlock()
	if after == through {
		return nil
	}
	if err := p.outbox.Advance(context.WithoutCancel(ctx), p.webhook, after, through); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stored, p.unwritten = through, p.unwritten-events
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
