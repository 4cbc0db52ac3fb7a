package socket

import (
	"context"
	"sync"
)

// mostQueued limits what waits for one client, in bytes: all of it, or one event.
const mostQueued = 128 << 10

// item is an event that waits for a client, and where it came from.
type item struct {
	from *feed
	*event
}

// queue is what waits for a client. Those who fill it either give up at once if it is
// full, or wait.
type queue struct {
	mu    sync.Mutex
	items []item
	size  int
	// ready is signaled when there is something to take.
	ready chan struct{}
	// space is closed when there is room again; nil if nobody waits for that.
	space chan struct{}
}

func newQueue() *queue {
	return &queue{ready: make(chan struct{}, 1)}
}

// offer adds an event if there is room. Otherwise it returns a channel that is closed
// when there may be.
func (q *queue) offer(i item) (ok bool, space <-chan struct{}) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.items) > 0 && q.size+len(i.body) > mostQueued {
		if q.space == nil {
			q.space = make(chan struct{})
		}
		return false, q.space
	}
	q.items, q.size = append(q.items, i), q.size+len(i.body)
	select {
	case q.ready <- struct{}{}:
	default:
	}
	return true, nil
}

// put adds an event as soon as there is room.
func (q *queue) put(ctx context.Context, i item) error {
	for {
		ok, space := q.offer(i)
		if ok {
			return nil
		}
		select {
		case <-space:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// take removes the first event.
func (q *queue) take() (item, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.items) == 0 {
		return item{}, false
	}
	first := q.items[0]
	q.items[0], q.items = item{}, q.items[1:]
	q.shrunk(len(first.body))
	return first, true
}

// drop removes what came from a feed.
func (q *queue) drop(from *feed) {
	q.mu.Lock()
	defer q.mu.Unlock()
	kept, freed := []item(nil), 0
	for _, i := range q.items {
		if i.from == from {
			freed += len(i.body)
			continue
		}
		kept = append(kept, i)
	}
	q.items = kept
	q.shrunk(freed)
}

// shrunk notes that bytes are gone. The caller holds the lock.
func (q *queue) shrunk(bytes int) {
	if q.size -= bytes; len(q.items) == 0 {
		q.items = nil // what a burst took is free again
	}
	if q.space != nil {
		close(q.space)
		q.space = nil
	}
}
