package socket

import (
	"context"
	"time"
)

// gap is the time between two websockets that are closed when the gateway stops, so
// that their clients do not all come back at once. All take at most a quarter of the
// time there is.
const gap = 10 * time.Millisecond

// Drain closes all websockets with 1012, which tells clients to come back, and takes
// no more. It returns when all are closed, or ctx ends.
func (h *Hub) Drain(ctx context.Context) {
	h.mu.Lock()
	h.closing = true
	clients := make([]*client, 0, len(h.clients))
	for c := range h.clients {
		clients = append(clients, c)
	}
	if len(clients) == 0 {
		h.mu.Unlock()
		return
	}
	h.mu.Unlock()
	h.Log.Info("Closing websockets", "count", len(clients))
	between := gap
	if deadline, ok := ctx.Deadline(); ok {
		between = min(between, time.Until(deadline)/4/time.Duration(len(clients)))
	}
	for _, c := range clients {
		close(c.retired)
		pause(ctx, between, nil)
	}
	select {
	case <-h.empty:
	case <-ctx.Done():
	}
}
