package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/wasession/wasession/test/simulator"
)

// delivery is a message that reached the receiver.
type delivery struct {
	body   string
	bytes  int
	stored time.Time // when the event was stored, to the millisecond
	at     time.Time
}

// hook is a receiver of webhooks that immediately accepts everything, over
// keep-alive connections.
type hook struct {
	srv *httptest.Server

	mu      sync.Mutex
	seen    map[string]bool // ids of requests
	got     []delivery
	changed chan struct{} // closed on the next delivery
	gate    chan struct{} // answers wait until it is closed, unless it is nil
}

func newHook() *hook {
	h := &hook{seen: map[string]bool{}, changed: make(chan struct{})}
	h.srv = httptest.NewServer(h)
	return h
}

// ServeHTTP implements http.Handler.
func (h *hook) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	at := time.Now()
	var event struct {
		Timestamp int64
		Payload   struct{ Body string }
	}
	body, err := io.ReadAll(r.Body)
	if err == nil {
		err = json.Unmarshal(body, &event)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	h.mu.Lock()
	if id := r.Header.Get("X-Webhook-Request-Id"); !h.seen[id] {
		h.seen[id] = true
		h.got = append(h.got, delivery{event.Payload.Body, len(body), time.UnixMilli(event.Timestamp), at})
		close(h.changed)
		h.changed = make(chan struct{})
	}
	gate := h.gate
	h.mu.Unlock()
	if gate != nil {
		<-gate
	}
}

// wait waits until n messages have been delivered since the last wait, and returns them.
func (h *hook) wait(ctx context.Context, n int) ([]delivery, error) {
	for {
		h.mu.Lock()
		got, changed := h.got, h.changed
		if len(got) >= n {
			h.got = nil
			h.mu.Unlock()
			return got, nil
		}
		h.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, fmt.Errorf("%d of %d events were delivered: %w", len(got), n, ctx.Err())
		}
	}
}

// hold keeps the sender waiting for answers until release is called.
func (h *hook) hold() (release func()) {
	gate := make(chan struct{})
	h.mu.Lock()
	defer h.mu.Unlock()
	h.gate = gate
	return sync.OnceFunc(func() {
		h.mu.Lock()
		h.gate = nil
		h.mu.Unlock()
		close(gate)
	})
}

func (h *hook) close() { h.srv.Close() }

// hooked returns a runtime that delivers messages to the hook, has met the
// contacts, and has nothing left to deliver.
func (l *lab) hooked(ctx context.Context, h *hook, contacts []*simulator.User) (*peer, error) {
	config := filepath.Join(l.dir, "webhook.json")
	body := fmt.Sprintf(`{"session": %q, "webhooks": [{"url": %q, "events": ["message"]}]}`, sessionName, h.srv.URL)
	if err := os.WriteFile(config, []byte(body), 0o600); err != nil {
		return nil, err
	}
	p, err := l.ours(ctx, "--config", config)
	if err != nil {
		return nil, err
	}
	if err := p.meet(ctx, contacts...); err != nil {
		return nil, err
	}
	_, err = h.wait(ctx, len(contacts))
	return p, err
}

// bodies returns the texts of deliveries.
func bodies(all []delivery) []string {
	texts := make([]string, len(all))
	for i := range all {
		texts[i] = all[i].body
	}
	return texts
}
