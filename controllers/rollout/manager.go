package rollout

import (
	"slices"
	"sync"
	"time"
)

// Options configure a Manager.
type Options struct {
	// MaxConcurrent is the maximum number of concurrent replacements; at least 1.
	MaxConcurrent int
	// Delay is the minimum time between the starts of two replacements.
	Delay time.Duration
	// MaxHold is how long a replacement may hold its slot, so that a session that
	// does not come back cannot block the rollout. Defaults to 5 minutes.
	MaxHold time.Duration
	// Now is the clock. Defaults to time.Now.
	Now func() time.Time
}

// Manager assigns the slots. Keys name sessions. Its state is in memory only: a
// new process starts with all slots free, which at worst allows MaxConcurrent
// additional replacements.
type Manager[K comparable] struct {
	options Options
	wake    func(K)

	mu       sync.Mutex
	earliest time.Time // the earliest start of the next replacement
	active   map[K]time.Time
	queue    []K
}

// NewManager returns a manager with all slots free. When a slot becomes free, it
// calls wake for the first in the queue, without holding a lock.
func NewManager[K comparable](options Options, wake func(K)) *Manager[K] {
	options.MaxConcurrent = max(options.MaxConcurrent, 1)
	if options.MaxHold == 0 {
		options.MaxHold = 5 * time.Minute
	}
	if options.Now == nil {
		options.Now = time.Now
	}
	return &Manager[K]{options: options, wake: wake, active: map[K]time.Time{}}
}

// Admit requests a slot. It grants one, or queues the key and returns after how
// long to ask again at the latest. A key that holds a slot is granted it again.
func (m *Manager[K]) Admit(key K) (granted bool, askAgain time.Duration) {
	m.mu.Lock()
	granted, began, askAgain := m.admit(key)
	next, ok := m.next()
	m.mu.Unlock()
	if began && ok {
		m.wake(next) // another slot is free
	}
	return granted, askAgain
}

// admit is Admit with m.mu held. began reports that the slot was not held before.
func (m *Manager[K]) admit(key K) (granted, began bool, askAgain time.Duration) {
	now := m.options.Now()
	m.expire(now)
	if _, ok := m.active[key]; ok {
		return true, false, 0
	}
	if len(m.active) < m.options.MaxConcurrent && !now.Before(m.earliest) {
		m.active[key] = now
		m.earliest = now.Add(m.options.Delay)
		m.dequeue(key)
		return true, true, 0
	}
	position := slices.Index(m.queue, key)
	if position < 0 {
		position = len(m.queue)
		m.queue = append(m.queue, key)
	}
	return false, false, m.untilTurn(now, position)
}

// untilTurn returns how long until the key at this position in the queue can
// start at the earliest, at least a second.
func (m *Manager[K]) untilTurn(now time.Time, position int) time.Duration {
	begin := m.earliest
	if len(m.active) >= m.options.MaxConcurrent {
		// Done wakes the first in the queue; this covers slots that expire instead.
		oldest := now
		for _, since := range m.active {
			if since.Before(oldest) {
				oldest = since
			}
		}
		if expiry := oldest.Add(m.options.MaxHold); expiry.After(begin) {
			begin = expiry
		}
	}
	wait := begin.Sub(now) + time.Duration(position)*m.options.Delay
	return max(wait, time.Second)
}

// Done releases the key's slot, or removes the key from the queue. It does
// nothing for other keys.
func (m *Manager[K]) Done(key K) {
	m.mu.Lock()
	_, held := m.active[key]
	first := len(m.queue) > 0 && m.queue[0] == key // it may have been woken
	delete(m.active, key)
	m.dequeue(key)
	next, ok := m.next()
	m.mu.Unlock()
	if (held || first) && ok {
		m.wake(next)
	}
}

// next returns the first in the queue if a slot is free for it.
func (m *Manager[K]) next() (key K, ok bool) {
	if len(m.queue) == 0 || len(m.active) >= m.options.MaxConcurrent {
		return key, false
	}
	return m.queue[0], true
}

// Count returns how many replacements are in progress and how many are queued.
func (m *Manager[K]) Count() (active, queued int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.active), len(m.queue)
}

func (m *Manager[K]) dequeue(key K) {
	if i := slices.Index(m.queue, key); i >= 0 {
		m.queue = slices.Delete(m.queue, i, i+1)
	}
}

func (m *Manager[K]) expire(now time.Time) {
	for key, since := range m.active {
		if now.Sub(since) >= m.options.MaxHold {
			delete(m.active, key)
		}
	}
}
