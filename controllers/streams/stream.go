package streams

import (
	"context"
	"errors"
	"sync"
	"time"

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
	seen    Observation
	told    *runtimev1.Status // the status of the last event
	pending *time.Timer       // tells counters that have moved
}

func newStream(m *Manager, session types.NamespacedName, target Target) *stream {
	return &stream{
		manager: m, session: session, target: target,
		seen: Observation{PodUID: target.PodUID, Since: m.now()},
	}
}

// run follows the pod until ctx is done.
func (s *stream) run(ctx context.Context) {
	s.ctx = ctx
	s.manager.follower.Follow(ctx, s.target.BaseURL, s.target.Token, s)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.pending != nil {
		s.pending.Stop()
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
	return s.seen
}

// Status implements runtimeclient.Observer.
func (s *stream) Status(status runtimev1.Status) {
	s.mu.Lock()
	if !s.seen.Open {
		s.seen.Since = s.manager.now()
	}
	tell := !s.seen.Open || significant(s.told, &status)
	s.seen.Open, s.seen.Refused, s.seen.Status = true, false, &status
	if tell {
		s.told = &status
	} else if s.pending == nil && (status.Chats != s.told.Chats || status.History != s.told.History) {
		s.pending = time.AfterFunc(s.manager.counts, s.tellCounts)
	}
	s.mu.Unlock()
	if tell {
		s.tell()
	}
}

// Lost implements runtimeclient.Observer. Only the first of several losses in a
// row changes anything, and so is told.
func (s *stream) Lost(err error) {
	refused := errors.Is(err, runtimeclient.ErrUnauthorized)
	s.mu.Lock()
	tell := s.seen.Open || s.seen.Refused != refused
	if s.seen.Open {
		s.seen.Since = s.manager.now()
	}
	s.seen.Open, s.seen.Refused = false, refused
	s.mu.Unlock()
	if tell {
		s.tell()
	}
}

func (s *stream) tellCounts() {
	s.mu.Lock()
	s.pending = nil
	s.told = s.seen.Status
	s.mu.Unlock()
	s.tell()
}

// tell hands an event to the controller; it waits while the controller is
// behind, which in turn holds the pod's reports back.
func (s *stream) tell() {
	select {
	case s.manager.events <- Event{Object: s.session}:
	case <-s.ctx.Done():
	}
}
