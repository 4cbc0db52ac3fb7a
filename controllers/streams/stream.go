package streams

import (
	"context"
	"errors"
	"sync"
	"time"

	"golang.org/x/time/rate"
	"k8s.io/apimachinery/pkg/types"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/controllers/runtimeclient"
)

// stream follows one pod. It is the Observer of its own connection.
type stream struct {
	manager *Manager
	session types.NamespacedName
	target  Target
	cancel  context.CancelFunc // set by launch; guarded by manager.mu

	ctx context.Context // of run; used by the observer's methods only

	mu      sync.Mutex
	seen    Observation       // the latest
	shown   Observation       // as of the last event, counters apart: what reconciles see
	told    *runtimev1.Status // the status of the last event
	limit   *rate.Limiter     // of events
	waiting *time.Timer       // sends the event that the limit delayed
}

// How often a session's reports become events, and so reconciles and writes of
// its status: a burst, as during pairing, and then one every two seconds. The
// latest report always gets an event.
const (
	eventEvery = 2 * time.Second
	eventBurst = 10
)

func newStream(m *Manager, session types.NamespacedName, target Target) *stream {
	first := Observation{PodUID: target.PodUID, Since: m.now()}
	return &stream{
		manager: m, session: session, target: target, seen: first, shown: first,
		limit: rate.NewLimiter(rate.Every(eventEvery), eventBurst),
	}
}

// run follows the pod until ctx is done.
func (s *stream) run(ctx context.Context) {
	s.ctx = ctx
	s.manager.follower.Follow(ctx, s.target.BaseURL, s.target.Token, s)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.waiting != nil {
		s.waiting.Stop()
	}
}

// end stops a stream that may not have been launched; manager.mu is held.
func (s *stream) end() {
	if s.cancel != nil {
		s.cancel()
	}
}

func (s *stream) observation() Observation {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.shown
}

// Status implements runtimeclient.Observer. Counters cause no event: whoever asks for
// another reason sees the latest.
func (s *stream) Status(status runtimev1.Status) {
	s.mu.Lock()
	if !s.seen.Open {
		s.seen.Since = s.manager.now()
	}
	tell := !s.seen.Open || significant(s.told, &status)
	s.seen.Open, s.seen.Tried, s.seen.Refused, s.seen.Status = true, true, false, &status
	switch {
	case tell:
		s.told = &status
	case s.waiting == nil:
		s.shown.Status = &status
	}
	s.mu.Unlock()
	if tell {
		s.tell()
	}
}

// Lost implements runtimeclient.Observer. Of several losses in a row only the
// first causes an event.
func (s *stream) Lost(err error) {
	refused := errors.Is(err, runtimeclient.ErrUnauthorized)
	s.mu.Lock()
	tell := s.seen.Open || s.seen.Refused != refused
	if s.seen.Open || !s.seen.Tried {
		s.seen.Since = s.manager.now()
	}
	s.seen.Open, s.seen.Tried, s.seen.Refused = false, true, refused
	if !s.shown.Tried {
		// Worth no event: whoever asks again in time is to know since when.
		s.shown.Tried, s.shown.Since = true, s.seen.Since
	}
	s.mu.Unlock()
	if tell {
		s.tell()
	}
}

// tell sends an event to the controller as soon as the session's limit allows.
// It blocks while the controller is behind, which in turn delays the pod's
// reports.
func (s *stream) tell() {
	s.mu.Lock()
	if s.waiting != nil {
		s.mu.Unlock()
		return // its event covers this change
	}
	if wait := s.limit.Reserve().Delay(); wait > 0 {
		s.waiting = time.AfterFunc(wait, s.tellHeldBack)
		s.mu.Unlock()
		return
	}
	s.shown = s.seen
	s.mu.Unlock()
	s.send()
}

func (s *stream) tellHeldBack() {
	s.mu.Lock()
	s.waiting = nil
	s.shown = s.seen
	s.mu.Unlock()
	s.send()
}

func (s *stream) send() {
	select {
	case s.manager.events <- Event{Object: s.session}:
	case <-s.ctx.Done():
	}
}
