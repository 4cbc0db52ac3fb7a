package errands

import (
	"context"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/event"
)

// Event names a session whose errand has ended.
type Event = event.TypedGenericEvent[types.NamespacedName]

// Options configure a Manager.
type Options struct {
	// Events receives a session's name when one of its errands has ended. The
	// controller drains it through a source.Channel.
	Events chan<- Event
	// Concurrency is how many errands run at the same time. Defaults to 32.
	Concurrency int
	// Now is the clock. Defaults to time.Now.
	Now func() time.Time
}

// State is how far an errand is.
type State struct {
	// Ended is when it ended; zero while it waits or runs.
	Ended time.Time
	// Err is why it failed; nil if it succeeded, or has not ended.
	Err error
}

// Done reports whether the errand has ended, well or not.
func (s State) Done() bool { return !s.Ended.IsZero() }

// Manager owns the errands. It is a manager.Runnable: errands run while Start
// does, that is, while this replica is the leader.
type Manager struct {
	options Options

	mu      sync.Mutex
	ctx     context.Context // of Start; nil before and after
	running sync.WaitGroup
	active  int
	queue   []*errand
	all     map[types.NamespacedName]map[string]*errand
}

type errand struct {
	session types.NamespacedName
	work    func(context.Context) error
	cancel  context.CancelFunc // nil until it runs
	dropped bool
	state   State
}

// NewManager returns a manager without errands.
func NewManager(options Options) *Manager {
	if options.Concurrency == 0 {
		options.Concurrency = 32
	}
	if options.Now == nil {
		options.Now = time.Now
	}
	return &Manager{options: options, all: map[types.NamespacedName]map[string]*errand{}}
}

// Start runs errands until ctx is done, and returns when all have ended.
func (m *Manager) Start(ctx context.Context) error {
	m.mu.Lock()
	m.ctx = ctx
	for range m.queue {
		m.launch()
	}
	m.mu.Unlock()

	<-ctx.Done()
	m.mu.Lock()
	m.ctx, m.queue = nil, nil
	clear(m.all)
	m.mu.Unlock()
	m.running.Wait()
	return nil
}

// NeedLeaderElection: only the replica that reconciles runs errands.
func (m *Manager) NeedLeaderElection() bool { return true }

// Ensure starts the session's errand of this name unless it has it already, and
// returns its state. The state is kept until Drop or Forget.
func (m *Manager) Ensure(session types.NamespacedName, name string, work func(context.Context) error) State {
	m.mu.Lock()
	defer m.mu.Unlock()
	if e, ok := m.all[session][name]; ok {
		return e.state
	}
	e := &errand{session: session, work: work}
	if m.all[session] == nil {
		m.all[session] = map[string]*errand{}
	}
	m.all[session][name] = e
	m.queue = append(m.queue, e)
	m.launch()
	return e.state
}

// State returns the state of the session's errand of this name, or false if
// there is none.
func (m *Manager) State(session types.NamespacedName, name string) (State, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e, ok := m.all[session][name]
	if !ok {
		return State{}, false
	}
	return e.state, true
}

// Drop forgets one errand of the session, and ends it if it runs.
func (m *Manager) Drop(session types.NamespacedName, name string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if e, ok := m.all[session][name]; ok {
		e.drop()
		delete(m.all[session], name)
	}
	if len(m.all[session]) == 0 {
		delete(m.all, session)
	}
}

// Forget drops all errands of the session.
func (m *Manager) Forget(session types.NamespacedName) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, e := range m.all[session] {
		e.drop()
	}
	delete(m.all, session)
}

func (e *errand) drop() {
	e.dropped = true
	if e.cancel != nil {
		e.cancel()
	}
}

// launch starts a worker for one more queued errand, unless all are busy; m.mu is
// held. A worker ends when the queue is empty.
func (m *Manager) launch() {
	if ctx := m.ctx; ctx != nil && m.active < m.options.Concurrency {
		m.active++
		m.running.Go(func() { m.work(ctx) })
	}
}

// work runs queued errands until there are none.
func (m *Manager) work(ctx context.Context) {
	for {
		e, running := m.next(ctx)
		if e == nil {
			return
		}
		err := e.work(running)
		m.mu.Lock()
		e.cancel()
		e.state = State{Ended: m.options.Now(), Err: err}
		dropped := e.dropped
		m.mu.Unlock()
		if dropped {
			continue
		}
		select {
		case m.options.Events <- Event{Object: e.session}:
		case <-ctx.Done():
		}
	}
}

// next takes the next errand, or ends the worker with nil.
func (m *Manager) next(ctx context.Context) (*errand, context.Context) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for len(m.queue) > 0 && ctx.Err() == nil {
		e := m.queue[0]
		m.queue = m.queue[1:]
		if e.dropped {
			continue
		}
		running, cancel := context.WithCancel(ctx)
		e.cancel = cancel
		return e, running
	}
	m.active--
	return nil, nil
}
