package socket

import (
	"context"
	"sync"

	"k8s.io/apimachinery/pkg/types"

	"github.com/wasession/wasession/gateway/access"
)

// client is a websocket. One goroutine writes to it, one judges which sessions it may
// follow, and as many as mostCatchUps catch up.
type client struct {
	hub     *Hub
	visitor Visitor
	caller  access.Caller
	wish    wish
	// resolved are the sessions that the client has named.
	resolved map[string]types.NamespacedName
	queue    *queue
	// ctx ends what is done for the client.
	ctx context.Context
	// retired is closed when the gateway stops.
	retired   chan struct{}
	countedAs string
	workers   sync.WaitGroup
	// woken is signaled when sessions have come or gone.
	woken chan struct{}

	mu sync.Mutex
	// feeds are the sessions that the client follows, in the order of their keys. There
	// is little of a client for each session: there are many of both.
	feeds    []*feed
	moved    map[types.NamespacedName]struct{}
	lags     []lag
	turns    map[*feed]turn
	catchUps int
	ended    bool
}

func (h *Hub) newClient(ctx context.Context, caller access.Caller, v Visitor) *client {
	return &client{
		hub: h, visitor: v, caller: caller, ctx: ctx, queue: newQueue(),
		retired: make(chan struct{}), woken: make(chan struct{}, 1),
		resolved: map[string]types.NamespacedName{}, moved: map[types.NamespacedName]struct{}{}, turns: map[*feed]turn{},
	}
}

// note tells the client of sessions that have come or gone.
func (c *client) note(moved []types.NamespacedName) {
	if len(moved) == 0 {
		return
	}
	c.mu.Lock()
	for _, key := range moved {
		c.moved[key] = struct{}{}
	}
	c.mu.Unlock()
	select {
	case c.woken <- struct{}{}:
	default:
	}
}

func (c *client) takeMoved() map[types.NamespacedName]struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	moved := c.moved
	c.moved = map[types.NamespacedName]struct{}{}
	return moved
}

// offer adds an event to what waits for the client, if there is room or it did not ask
// for it.
func (c *client) offer(from *feed, e *event) bool {
	if e.body == nil || !c.wish.wants(e) {
		return true
	}
	ok, _ := c.queue.offer(item{from, e})
	return ok
}

// follows says whether the client still follows a session.
func (c *client) follows(f *feed) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.ended && c.isIn(f)
}

// isIn is follows for callers that hold the lock.
func (c *client) isIn(f *feed) bool {
	i, ok := place(c.feeds, f.key)
	return ok && c.feeds[i] == f
}

// end gives everything back that the client holds.
func (c *client) end() {
	c.mu.Lock()
	c.ended = true
	c.mu.Unlock()
	c.workers.Wait()
	for len(c.feeds) > 0 {
		c.drop(c.feeds[len(c.feeds)-1])
	}
}
