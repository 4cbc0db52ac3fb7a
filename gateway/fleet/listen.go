package fleet

import (
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"
)

// listener collects the keys of sessions that have changed until somebody takes
// them: one that is slow misses none and holds each once.
type listener struct {
	mu      sync.Mutex
	changed map[types.NamespacedName]struct{}
	wake    chan struct{}
}

// Listen returns a channel that can be read whenever sessions or their pods have
// changed, come or gone since take was called last; take returns their keys. stop
// ends it.
func (f *Fleet) Listen() (wake <-chan struct{}, take func() []types.NamespacedName, stop func()) {
	l := &listener{changed: map[types.NamespacedName]struct{}{}, wake: make(chan struct{}, 1)}
	f.mu.Lock()
	f.listeners[l] = struct{}{}
	f.mu.Unlock()
	return l.wake, l.take, func() {
		f.mu.Lock()
		delete(f.listeners, l)
		f.mu.Unlock()
	}
}

func (f *Fleet) tell(key types.NamespacedName) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.remember(key, time.Now())
	for l := range f.listeners {
		l.add(key)
	}
}

func (l *listener) add(key types.NamespacedName) {
	l.mu.Lock()
	l.changed[key] = struct{}{}
	l.mu.Unlock()
	select {
	case l.wake <- struct{}{}:
	default: // it is awake
	}
}

func (l *listener) take() []types.NamespacedName {
	l.mu.Lock()
	defer l.mu.Unlock()
	keys := make([]types.NamespacedName, 0, len(l.changed))
	for key := range l.changed {
		keys = append(keys, key)
	}
	clear(l.changed)
	return keys
}
