package socket

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"github.com/wasession/wasession/gateway/fleet"
)

// feed is the stream of a session's events, which all its clients share. While a
// client is live it is given each event as it comes. One that is not catches up by a
// stream of its own.
type feed struct {
	hub *Hub
	key types.NamespacedName
	// users counts the clients that follow the session. The hub's lock protects it.
	users int
	stop  context.CancelFunc
	// tried is closed once the first attempt to open the stream has ended.
	tried   chan struct{}
	tryOnce sync.Once
	// wake is signaled when the session's pod is another than noted.
	wake  chan struct{}
	noted fleet.Pod

	mu sync.Mutex
	// last is the ID up to which events have come, or were there before the stream was
	// opened; empty before that.
	last string
	// pod is where the stream comes from; zero while it is not open.
	pod    fleet.Pod
	hangUp context.CancelFunc
	live   []*client
	// floors are what live clients had already that are ahead of the feed.
	floors map[*client]string
	// waiting are clients that go on after an ID: until the stream is open, or for a turn.
	waiting []lag
	turns   int
}

// lag is where a client is that is behind.
type lag struct {
	client *client
	feed   *feed
	after  string
	// granted is one that has waited for its turn and has it.
	granted bool
}

// mostTurns is how many clients catch up with a session at a time: each has a stream
// from the session's pod.
const mostTurns = 8

// How long a feed waits before it tries again. The time doubles with each failure.
const (
	restFirst = 100 * time.Millisecond
	restMost  = 10 * time.Second
)

// run keeps the stream open until ctx ends.
func (f *feed) run(ctx context.Context) {
	defer f.triedOnce()
	rest, told := restFirst, false
	for ctx.Err() == nil {
		pod := f.hub.podOf(f.key)
		if pod == (fleet.Pod{}) {
			f.triedOnce()
			rest, told = restFirst, false
			select {
			case <-f.wake:
			case <-ctx.Done():
			}
			continue
		}
		began := time.Now()
		opened, err := f.stream(ctx, pod)
		if opened && time.Since(began) > restMost {
			rest, told = restFirst, false
		}
		f.triedOnce()
		if log := f.hub.Log.With("namespace", f.key.Namespace, "session", f.key.Name, "error", err); rest == restMost && !told && ctx.Err() == nil {
			log.Warn("Session's events cannot be had, trying on")
			told = true
		} else {
			log.Debug("Session's events ended")
		}
		pause(ctx, rest, f.wake)
		rest = min(2*rest, restMost)
	}
}

// pause waits for a time, or to be woken.
func pause(ctx context.Context, d time.Duration, wake <-chan struct{}) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-wake:
	case <-ctx.Done():
	}
}

func (f *feed) triedOnce() { f.tryOnce.Do(func() { close(f.tried) }) }

// changed is called when something about the session has changed. A pod that is being
// stopped still says its last; one that was replaced does not.
func (f *feed) changed() {
	pod := f.hub.podOf(f.key)
	f.mu.Lock()
	if pod == f.noted {
		f.mu.Unlock()
		return
	}
	f.noted = pod
	replaced := pod != (fleet.Pod{}) && f.pod != (fleet.Pod{}) && pod != f.pod
	hangUp := f.hangUp
	f.mu.Unlock()
	if replaced {
		hangUp()
	}
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

// stream gives clients the pod's events until the stream ends. It reports whether it
// was open, and why it ended.
func (f *feed) stream(ctx context.Context, pod fleet.Pod) (opened bool, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	f.mu.Lock()
	after := f.last
	f.mu.Unlock()
	s, err := f.hub.Open(ctx, pod, after)
	if err != nil {
		return false, err
	}
	defer s.Close()
	f.opened(pod, s.Newest(), cancel)
	f.triedOnce()
	f.hub.metrics.streams.Inc()
	defer f.hub.metrics.streams.Dec()
	defer f.closed()
	for {
		e, err := f.hub.next(ctx, s, f.key)
		if errors.Is(err, errSkip) {
			continue
		}
		if err != nil {
			return true, err
		}
		f.publish(e)
	}
}

// opened notes that the stream is open. Clients that waited for it are live now if
// they have missed nothing, else they catch up.
func (f *feed) opened(pod fleet.Pod, newest string, hangUp context.CancelFunc) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.pod, f.hangUp = pod, hangUp
	if f.last == "" || newest < f.last {
		f.last = newest // or the session has lost its volume, and begins anew
	}
	waiting := f.waiting
	f.waiting = nil
	for _, l := range waiting {
		f.place(l)
	}
}

func (f *feed) closed() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.pod, f.hangUp = fleet.Pod{}, nil
}

// publish gives an event to all live clients. It waits for none of them.
func (f *feed) publish(e *event) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if e.id <= f.last {
		return
	}
	before := f.last
	f.last = e.id
	for i := 0; i < len(f.live); {
		c := f.live[i]
		floor, ahead := f.floors[c]
		if ahead && e.id <= floor {
			i++
			continue
		}
		delete(f.floors, c)
		if c.offer(f, e) {
			i++
			continue
		}
		f.live = slices.Delete(f.live, i, i+1)
		f.hub.metrics.behind.Inc()
		c.behind(lag{client: c, feed: f, after: max(before, floor)})
	}
}

// join adds a client that goes on after an ID, or with what comes now if it is empty.
func (f *feed) join(c *client, after string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if after == "" {
		f.live = append(f.live, c)
		return
	}
	f.place(lag{client: c, feed: f, after: after})
}

// place puts a client where it belongs. The caller holds the lock.
func (f *feed) place(l lag) {
	switch {
	case f.attach(l):
	case f.pod == (fleet.Pod{}):
		f.waiting = append(f.waiting, l)
	default:
		l.client.behind(l)
	}
}

// attach makes a client live that has missed nothing. The caller holds the lock.
func (f *feed) attach(l lag) bool {
	if f.last == "" || l.after < f.last || !l.client.follows(f) {
		return false
	}
	f.live = append(f.live, l.client)
	if l.after > f.last {
		f.floors[l.client] = l.after
	}
	return true
}

// leave removes a client, which is not catching up any more.
func (f *feed) leave(c *client) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if i := slices.Index(f.live, c); i >= 0 {
		f.live = slices.Delete(f.live, i, i+1)
	}
	delete(f.floors, c)
	f.waiting = slices.DeleteFunc(f.waiting, func(l lag) bool { return l.client == c })
}
