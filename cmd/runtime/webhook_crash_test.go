package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/delivery"
)

// TestKilledUnderAStreamOfEvents kills the process again and again while
// messages arrive and a webhook's receiver fails, hangs and recovers. Each
// message that WhatsApp was told had arrived reaches the receiver, in order; a
// repetition bears the request id of the first attempt.
func TestKilledUnderAStreamOfEvents(t *testing.T) {
	const kills = 12
	t.Parallel()
	w := newWorld(t)
	ctx := w.ctx
	receiver := newMoodyReceiver(t)
	config := w.config(v1.Config{Session: "test", Webhooks: []v1.Webhook{{
		URL: receiver.URL, Events: []string{"message"},
		Retries: v1.Retries{Policy: v1.RetryConstant, DelaySeconds: 1, Attempts: 1_000},
	}}})
	c := w.start("--config", config)
	c.pair()
	companion := w.alice.Companion()

	stop := make(chan struct{})
	var sent []string
	streaming := make(chan error, 1)
	go func() {
		for i := 0; ; i++ {
			select {
			case <-stop:
				streaming <- nil
				return
			case <-time.After(3 * time.Millisecond):
			}
			id, err := w.bob.SendText(ctx, w.alice, fmt.Sprintf("message %d", i))
			if err != nil {
				streaming <- err
				return
			}
			sent = append(sent, id)
		}
	}()
	for n := range kills {
		if err := companion.WaitConnected(ctx); err != nil {
			t.Fatal(err)
		}
		receiver.feel(mood(n % 3))
		<-time.After(150*time.Millisecond + rand.N(300*time.Millisecond))
		c.kill()
		c = w.start("--config", config)
	}
	receiver.feel(well)
	close(stop)
	if err := <-streaming; err != nil {
		t.Fatal(err)
	}
	c.working()
	if err := companion.WaitAcked(ctx, sent...); err != nil {
		t.Fatal(err)
	}
	c.await("the last message's delivery", func() bool { return receiver.taken(sent[len(sent)-1]) })

	attempts, order := receiver.all()
	var want []string
	for _, id := range companion.Acked() {
		if slices.Contains(sent, id) {
			want = append(want, id)
		}
	}
	for _, id := range want {
		if !slices.Contains(order, id) {
			t.Errorf("%s was acknowledged and never delivered", id)
		}
	}
	if !slices.Equal(order, sent) {
		t.Errorf("%d messages were delivered first in another order than the %d were sent in", len(order), len(sent))
	}
	repeated := 0
	for id, requests := range attempts {
		repeated += len(requests) - 1
		if slices.ContainsFunc(requests, func(r string) bool { return r != requests[0] }) {
			t.Errorf("%s was delivered with the request ids %v", id, requests)
		}
	}
	t.Logf("%d kills, %d messages, %d attempts repeated", kills, len(sent), repeated)
}

// mood is how a receiver behaves.
type mood int

const (
	well mood = iota
	failing
	hanging
)

// moodyReceiver is a webhook's other end that can fail and hang.
type moodyReceiver struct {
	*httptest.Server
	mu      sync.Mutex
	mood    mood
	changed chan struct{}
	// attempts are the request ids that each message came with; order is the
	// order in which messages were taken first.
	attempts map[string][]string
	order    []string
}

func newMoodyReceiver(t *testing.T) *moodyReceiver {
	r := &moodyReceiver{changed: make(chan struct{}), attempts: map[string][]string{}}
	r.Server = httptest.NewServer(r)
	t.Cleanup(func() { r.feel(well); r.Close() })
	return r
}

// feel sets the mood and lets go what hangs.
func (r *moodyReceiver) feel(m mood) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.mood = m
	close(r.changed)
	r.changed = make(chan struct{})
}

func (r *moodyReceiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(request.Body)
	if err != nil {
		return // the sender was killed
	}
	var event struct{ Payload struct{ ID string } }
	if err := json.Unmarshal(body, &event); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	id := strings.Split(event.Payload.ID, "_")[2]
	r.mu.Lock()
	r.attempts[id] = append(r.attempts[id], request.Header.Get(delivery.HeaderRequestID))
	m, changed := r.mood, r.changed
	r.mu.Unlock()
	if m == hanging {
		select {
		case <-changed:
		case <-request.Context().Done():
		}
	}
	if m != well {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if !slices.Contains(r.order, id) {
		r.order = append(r.order, id)
	}
}

func (r *moodyReceiver) taken(id string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Contains(r.order, id)
}

func (r *moodyReceiver) all() (attempts map[string][]string, order []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.attempts, r.order
}
