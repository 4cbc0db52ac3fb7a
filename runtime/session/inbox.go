package session

import "sync"

// inbox is an unbounded queue between the connection, which must never block, and
// the session's loop. Its items are small and rare.
type inbox struct {
	mu    sync.Mutex
	items []any
	ready chan struct{}
}

func newInbox() *inbox { return &inbox{ready: make(chan struct{}, 1)} }

// put adds an input.
func (b *inbox) put(in any) {
	b.mu.Lock()
	b.items = append(b.items, in)
	b.mu.Unlock()
	select {
	case b.ready <- struct{}{}:
	default:
	}
}

// take empties the queue.
func (b *inbox) take() []any {
	b.mu.Lock()
	defer b.mu.Unlock()
	items := b.items
	b.items = nil
	return items
}
