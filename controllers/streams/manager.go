package streams

import (
	"context"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/event"

	"github.com/wasession/wasession/controllers/runtimeclient"
)

// Event names a session whose observation changed.
type Event = event.TypedGenericEvent[types.NamespacedName]

// Follower keeps one stream open until its context is done.
// *runtimeclient.Client implements it.
type Follower interface {
	Follow(ctx context.Context, baseURL string, token runtimeclient.TokenSource, observer runtimeclient.Observer)
}

// Target is the pod to follow.
type Target struct {
	PodUID  string
	BaseURL string
	Token   runtimeclient.TokenSource
}

// Manager owns the streams. It is a manager.Runnable: streams are open while
// Start runs, that is, while this replica is the leader.
type Manager struct {
	follower Follower
	events   chan<- Event
	now      func() time.Time

	mu      sync.Mutex
	ctx     context.Context // of Start; nil before and after
	running sync.WaitGroup
	streams map[types.NamespacedName]*stream
}

// Options configure a Manager.
type Options struct {
	Follower Follower
	// Events receives a session's name when something changed. The controller
	// drains it through a source.Channel.
	Events chan<- Event
	// Now is the clock. Defaults to time.Now.
	Now func() time.Time
}

// NewManager returns a manager without streams.
func NewManager(options Options) *Manager {
	if options.Now == nil {
		options.Now = time.Now
	}
	return &Manager{
		follower: options.Follower, events: options.Events, now: options.Now,
		streams: map[types.NamespacedName]*stream{},
	}
}

// Start runs the streams until ctx is done, and returns when all have ended.
func (m *Manager) Start(ctx context.Context) error {
	m.mu.Lock()
	m.ctx = ctx
	for _, s := range m.streams {
		m.launch(s)
	}
	m.mu.Unlock()

	<-ctx.Done()
	m.mu.Lock()
	m.ctx = nil
	clear(m.streams)
	m.mu.Unlock()
	m.running.Wait()
	return nil
}

// NeedLeaderElection: only the replica that reconciles follows pods.
func (m *Manager) NeedLeaderElection() bool { return true }

// Ensure follows the session's target and ends the stream to any previous pod.
// It does nothing if the pod and its address are unchanged.
func (m *Manager) Ensure(session types.NamespacedName, target Target) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if s, ok := m.streams[session]; ok {
		if s.target.PodUID == target.PodUID && s.target.BaseURL == target.BaseURL {
			return
		}
		s.end()
	}
	s := newStream(m, session, target)
	m.streams[session] = s
	if m.ctx != nil {
		m.launch(s)
	}
}

// Stop ends the session's stream, if any, and discards its observation.
func (m *Manager) Stop(session types.NamespacedName) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if s, ok := m.streams[session]; ok {
		s.end()
		delete(m.streams, session)
	}
}

// Get returns the session's observation, or false if it is not followed.
func (m *Manager) Get(session types.NamespacedName) (Observation, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s, ok := m.streams[session]
	if !ok {
		return Observation{}, false
	}
	return s.observation(), true
}

// Count returns how many pods are followed, and how many of the streams are open.
func (m *Manager) Count() (followed, open int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, s := range m.streams {
		if s.observation().Open {
			open++
		}
	}
	return len(m.streams), open
}

// launch runs the stream; m.mu is held and m.ctx is set.
func (m *Manager) launch(s *stream) {
	ctx, cancel := context.WithCancel(m.ctx)
	s.cancel = cancel
	m.running.Go(func() {
		defer cancel()
		s.run(ctx)
	})
}
