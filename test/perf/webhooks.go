package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

const webhookMessages = 2000

// hook is a webhook receiver that accepts each event immediately.
type hook struct {
	mu       sync.Mutex
	bodies   []string // of the messages, in the order of arrival
	requests map[string]bool
	first    time.Time
	last     time.Time
	all      chan struct{} // closed with the last message
}

func (h *hook) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var event struct {
		Payload struct{ Body string }
	}
	if err := json.NewDecoder(r.Body).Decode(&event); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	id := r.Header.Get("X-Webhook-Request-Id")
	if h.requests[id] || !strings.HasPrefix(event.Payload.Body, webhookText) {
		return
	}
	h.requests[id] = true
	h.last = time.Now()
	if len(h.bodies) == 0 {
		h.first = h.last
	}
	if h.bodies = append(h.bodies, event.Payload.Body); len(h.bodies) == webhookMessages {
		close(h.all)
	}
}

const webhookText = "event "

// misplaced counts the messages that are not where they belong.
func (h *hook) misplaced() (n int) {
	for i, body := range h.bodies {
		if body != fmt.Sprint(webhookText, i) {
			n++
		}
	}
	return n
}

// measureWebhooks sends messages to a runtime with a webhook.
func measureWebhooks(ctx context.Context, l *lab) error {
	h := &hook{requests: map[string]bool{}, all: make(chan struct{})}
	srv := httptest.NewServer(h)
	defer srv.Close()
	config := filepath.Join(l.dir, "webhooks.json")
	body := fmt.Sprintf(`{"session": %q, "webhooks": [{"url": %q, "events": ["message"]}]}`, sessionName, srv.URL)
	if err := os.WriteFile(config, []byte(body), 0o600); err != nil {
		return err
	}
	bob := l.user("15550002222", "Bob")
	r, err := l.receiving(ctx, bob, "--config", config)
	if err != nil {
		return err
	}
	texts := make([]string, webhookMessages)
	for i := range texts {
		texts[i] = fmt.Sprint(webhookText, i)
	}
	began := time.Now()
	if _, err := bob.SendMany(ctx, r.comp.User(), texts); err != nil {
		return err
	}
	select {
	case <-h.all:
	case <-ctx.Done():
		return ctx.Err()
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	l.report(figure{name: "webhooks.rate", value: webhookMessages / h.last.Sub(began).Seconds(), unit: "events/s",
		note: "while the messages arrive; from the first one sent to the last one delivered"})
	l.report(figure{name: "webhooks.misplaced", value: float64(h.misplaced()), unit: "events", note: fmt.Sprintf("of %d, delivered out of order or not at all", webhookMessages)})
	return r.process.stop()
}
