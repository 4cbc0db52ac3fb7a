package socket

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"k8s.io/apimachinery/pkg/types"

	"github.com/wasession/wasession/gateway/fleet"
)

// Stream is a pod's stream of events.
type Stream interface {
	// Newest is the ID of the pod's newest event when the stream was opened.
	Newest() string
	// Next waits for an event. One that is not whole was cut off.
	Next(ctx context.Context) (event []byte, whole bool, err error)
	Close()
}

// Sessions are the sessions there are. A fleet.Fleet is such.
type Sessions interface {
	Get(key types.NamespacedName) (fleet.Session, bool)
	All() []fleet.Session
	Listen() (wake <-chan struct{}, take func() []types.NamespacedName, stop func())
}

// Options are the parts that a Hub puts together.
type Options struct {
	Fleet Sessions
	// Open opens the stream of the events after an ID, or of those from now on.
	Open func(ctx context.Context, pod fleet.Pod, after string) (Stream, error)
	// Most is how many websockets there may be, and MostPerCaller how many of one
	// caller. They default to 1,000 and 100.
	Most, MostPerCaller int
	// WriteTimeout is how long a client may take nothing. Defaults to 10 s.
	WriteTimeout time.Duration
	Log          *slog.Logger
	Metrics      prometheus.Registerer
}

// Hub has the streams of sessions that clients follow, each once, and the clients.
type Hub struct {
	Options
	metrics metrics
	// feeding are the goroutines of feeds.
	feeding sync.WaitGroup

	mu      sync.Mutex
	feeds   map[types.NamespacedName]*feed
	clients map[*client]struct{}
	// callers counts the websockets of each caller.
	callers map[string]int
	closing bool
	// empty is closed when the last client has gone of a hub that is closing.
	empty chan struct{}
}

// New returns a Hub. Its owner calls Run.
func New(o Options) *Hub {
	o.Most = cmp.Or(o.Most, 1000)
	o.MostPerCaller = cmp.Or(o.MostPerCaller, 100)
	o.WriteTimeout = cmp.Or(o.WriteTimeout, 10*time.Second)
	return &Hub{
		Options: o, metrics: newMetrics(o.Metrics),
		feeds: map[types.NamespacedName]*feed{}, clients: map[*client]struct{}{}, callers: map[string]int{},
		empty: make(chan struct{}),
	}
}

// Run follows the sessions until ctx ends and the streams are closed. Clients end with
// their requests.
func (h *Hub) Run(ctx context.Context) {
	defer h.feeding.Wait()
	wake, take, stop := h.Fleet.Listen()
	defer stop()
	known := map[types.NamespacedName]bool{}
	var told []types.NamespacedName
	for _, s := range h.Fleet.All() {
		told = append(told, s.Key())
	}
	for {
		h.tell(told, known)
		select {
		case <-wake:
			told = take()
		case <-ctx.Done():
			return
		}
	}
}

// tell tells feeds of sessions that have changed, and clients of those that have come
// or gone.
func (h *Hub) tell(told []types.NamespacedName, known map[types.NamespacedName]bool) {
	var moved []types.NamespacedName
	for _, key := range told {
		if _, is := h.Fleet.Get(key); is != known[key] {
			moved = append(moved, key)
			if known[key] = is; !is {
				delete(known, key)
			}
		}
		h.mu.Lock()
		f := h.feeds[key]
		h.mu.Unlock()
		if f != nil {
			f.changed()
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for c := range h.clients {
		c.note(moved)
	}
}

// errSkip is an event that nobody can be given.
var errSkip = errors.New("the event cannot be read")

// next reads a session's next event from a stream.
func (h *Hub) next(ctx context.Context, s Stream, key types.NamespacedName) (*event, error) {
	raw, whole, err := s.Next(ctx)
	if err != nil {
		return nil, err
	}
	e, err := newEvent(key.Namespace, raw, whole)
	if err != nil || !whole {
		h.Log.Error("Event was not passed on: it is too long, or not valid", "namespace", key.Namespace, "session", key.Name, "size", len(raw), "error", err)
	}
	if err != nil {
		return nil, errSkip
	}
	return e, nil
}

func (h *Hub) podOf(key types.NamespacedName) fleet.Pod {
	s, _ := h.Fleet.Get(key)
	return s.Pod
}

// follow returns the feed of a session, and starts it if nobody follows it yet.
func (h *Hub) follow(ctx context.Context, key types.NamespacedName) *feed {
	h.mu.Lock()
	defer h.mu.Unlock()
	f := h.feeds[key]
	if f == nil {
		// It serves others too, and ends when nobody follows it any more.
		ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
		f = &feed{hub: h, key: key, stop: stop, tried: make(chan struct{}), wake: make(chan struct{}, 1), floors: map[*client]string{}}
		h.feeds[key] = f
		h.feeding.Go(func() { f.run(ctx) })
	}
	f.users++
	return f
}

// unfollow gives a feed back.
func (h *Hub) unfollow(f *feed) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if f.users--; f.users == 0 {
		f.stop()
		delete(h.feeds, f.key)
	}
}

// Errors of Serve.
var (
	// ErrRefused: the caller may not have what it asked for, and was told so.
	ErrRefused = errors.New("refused")
	// ErrManyOfCaller: the caller has as many websockets as one may have.
	ErrManyOfCaller = errors.New("too many websockets of this caller")
	// ErrMany: there are as many websockets as there may be, or the gateway stops.
	ErrMany = errors.New("too many websockets")
)

// enter counts a client in.
func (h *Hub) enter(c *client) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	name := c.caller.Name()
	switch {
	case h.closing || len(h.clients) >= h.Most:
		return ErrMany
	case h.callers[name] >= h.MostPerCaller:
		return ErrManyOfCaller
	}
	h.clients[c] = struct{}{}
	h.callers[name]++
	c.countedAs = name
	h.metrics.clients.Inc()
	return nil
}

func (h *Hub) leave(c *client) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.clients, c)
	if h.callers[c.countedAs]--; h.callers[c.countedAs] == 0 {
		delete(h.callers, c.countedAs)
	}
	h.metrics.clients.Dec()
	if h.closing && len(h.clients) == 0 {
		close(h.empty)
	}
}
