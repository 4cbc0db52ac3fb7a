package socket

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/gateway/access"
	"github.com/wasession/wasession/gateway/fleet"
)

// pod is a session's runtime, with its outbox.
type pod struct {
	mu     sync.Mutex
	events []string // the IDs
	grown  chan struct{}
	broken chan struct{} // closed when the streams break
	down   bool
	// pruned is how many of the first events are gone. A pod that stutters begins with
	// the event after which it was asked to begin.
	pruned   int
	stutters bool
	streams  int
	opened   int
}

func newPod() *pod { return &pod{grown: make(chan struct{}), broken: make(chan struct{})} }

// emit adds n events.
func (p *pod) emit(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for range n {
		p.events = append(p.events, idOf(len(p.events)))
	}
	close(p.grown)
	p.grown = make(chan struct{})
}

func idOf(n int) string { return fmt.Sprintf("evt_%08d", n) }

// cut breaks all streams; no more can be opened of a pod that is down.
func (p *pod) cut(down bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	close(p.broken)
	p.broken, p.down = make(chan struct{}), down
}

// said is how many events the pod has.
func (p *pod) said() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.events)
}

// forget drops the last events, up to n.
func (p *pod) forget(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.events = p.events[:n]
}

// prune removes all events.
func (p *pod) prune() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pruned = len(p.events)
}

func (p *pod) counts() (streams, opened int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.streams, p.opened
}

// stream is one of a pod's streams.
type stream struct {
	pod    *pod
	next   int
	newest string
	broken chan struct{}
}

func (p *pod) open(after string) (Stream, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.opened++
	if p.down {
		return nil, errors.New("down")
	}
	p.streams++
	s := &stream{pod: p, next: len(p.events), newest: runtimev1.NoEvent, broken: p.broken}
	if s.next > p.pruned {
		s.newest = p.events[s.next-1]
	}
	if after != "" {
		s.next, _ = slices.BinarySearch(p.events, after+"\x00")
		if p.stutters {
			s.next--
		}
		s.next = max(s.next, p.pruned)
	}
	return s, nil
}

func (s *stream) Newest() string { return s.newest }

func (s *stream) Next(ctx context.Context) ([]byte, bool, error) {
	for {
		s.pod.mu.Lock()
		grown := s.pod.grown
		if s.next < len(s.pod.events) {
			id := s.pod.events[s.next]
			s.next++
			s.pod.mu.Unlock()
			return fmt.Appendf(nil, `{"id":%q,"event":"message","payload":"%0512d"}`, id, 0), true, ctx.Err()
		}
		s.pod.mu.Unlock()
		select {
		case <-grown:
		case <-s.broken:
			return nil, false, errors.New("broken")
		case <-ctx.Done():
			return nil, false, ctx.Err()
		}
	}
}

func (s *stream) Close() {
	s.pod.mu.Lock()
	defer s.pod.mu.Unlock()
	s.pod.streams--
}

// world is sessions with pods, and a hub.
type world struct {
	hub *Hub

	mu   sync.Mutex
	pods map[types.NamespacedName]*pod
	wake chan struct{}
	told []types.NamespacedName
}

// begin starts a hub, which ends with the test.
func begin(t *testing.T) *world {
	t.Helper()
	w := &world{pods: map[types.NamespacedName]*pod{}, wake: make(chan struct{}, 1)}
	w.hub = New(Options{
		Fleet: w, Log: slog.New(slog.DiscardHandler), Metrics: prometheus.NewRegistry(),
		Open: func(_ context.Context, at fleet.Pod, after string) (Stream, error) {
			w.mu.Lock()
			defer w.mu.Unlock()
			for key, p := range w.pods {
				if types.UID(key.String()) == at.UID {
					return p.open(after)
				}
			}
			return nil, errors.New("no such pod")
		},
	})
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		w.hub.Run(ctx)
		close(ended)
	}()
	t.Cleanup(func() {
		cancel()
		<-ended
		for key, p := range w.pods {
			if streams, _ := p.counts(); streams != 0 {
				t.Errorf("%v has %d streams that nobody closed", key, streams)
			}
		}
	})
	return w
}

// set makes a session, or removes it if its pod is nil.
func (w *world) set(namespace, name string, p *pod) {
	key := types.NamespacedName{Namespace: namespace, Name: name}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.pods[key] = p; p == nil {
		delete(w.pods, key)
	}
	w.told = append(w.told, key)
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// Get implements Sessions.
func (w *world) Get(key types.NamespacedName) (fleet.Session, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	_, ok := w.pods[key]
	return sessionOf(key), ok
}

func sessionOf(key types.NamespacedName) fleet.Session {
	return fleet.Session{
		WhatsAppSession: &v1alpha1.WhatsAppSession{ObjectMeta: metav1.ObjectMeta{Namespace: key.Namespace, Name: key.Name}},
		Called:          key.Name, Pod: fleet.Pod{UID: types.UID(key.String()), IP: "10.0.0.1"},
	}
}

// All implements Sessions.
func (w *world) All() (all []fleet.Session) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for key := range w.pods {
		all = append(all, sessionOf(key))
	}
	slices.SortFunc(all, func(a, b fleet.Session) int { return compare(a.Key(), b.Key()) })
	return all
}

// Listen implements Sessions.
func (w *world) Listen() (<-chan struct{}, func() []types.NamespacedName, func()) {
	return w.wake, func() []types.NamespacedName {
		w.mu.Lock()
		defer w.mu.Unlock()
		told := w.told
		w.told = nil
		return told
	}, func() {}
}

// visit adds a client of a namespace, without a websocket. stop ends it.
func (w *world) visit(t *testing.T, namespace string, since map[string]string) (c *client, stop func()) {
	t.Helper()
	key := access.Key{ID: "k", IsActive: true, Namespaces: []string{namespace}}
	ctx, cancel := context.WithCancel(t.Context())
	c = w.hub.newClient(ctx, key, Visitor{
		Again:   func(context.Context) (access.Caller, error) { return key, nil },
		Changed: func() <-chan struct{} { return nil },
	})
	c.wish = wish{all: true, since: since}
	if err := w.hub.enter(c); err != nil {
		t.Fatal(err)
	}
	if err := c.review(ctx); err != nil {
		t.Fatal(err)
	}
	c.opened(ctx.Done())
	judged := make(chan struct{})
	go func() {
		defer close(judged)
		c.judge(ctx, nil)
	}()
	stop = sync.OnceFunc(func() {
		cancel()
		<-judged
		c.end()
		w.hub.leave(c)
	})
	t.Cleanup(stop)
	return c, stop
}

// waiting is how much waits for the client.
func (q *queue) waiting() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.size
}

// next waits for the client's next event.
func (c *client) next(t *testing.T) item {
	t.Helper()
	limit := time.After(time.Hour)
	for {
		if i, ok := c.queue.take(); ok {
			return i
		}
		select {
		case <-c.queue.ready:
		case <-limit:
			t.Fatal("no event came")
		}
	}
}
