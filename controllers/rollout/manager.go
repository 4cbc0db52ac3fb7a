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
	// Interval is the time between the starts of two replacements.
	Interval time.Duration
	// MaxHold is how long a replacement may hold its slot, so that a session that
	// does not come back cannot block the rollout. Defaults to 6 minutes.
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
	queue    []entry[K] // users' changes first
}

// entry is a key that waits for a slot.
type entry[K comparable] struct {
	key   K
	first bool
}

// Request is what a slot is asked for.
type Request struct {
	// First places a user's change before all that only the operator's template
	// asks for.
	First bool
	// Limit is the most slots that may be taken for this one to be granted;
	// 0 means MaxConcurrent.
	Limit int
}

// NewManager returns a manager with all slots free. When a slot becomes free, it
// calls wake for the first in the queue, without holding a lock.
func NewManager[K comparable](options Options, wake func(K)) *Manager[K] {
	options.MaxConcurrent = max(options.MaxConcurrent, 1)
	if options.MaxHold == 0 {
		options.MaxHold = 6 * time.Minute
	}
	if options.Now == nil {
		options.Now = time.Now
	}
	return &Manager[K]{options: options, wake: wake, active: map[K]time.Time{}}
}

// Admit requests a slot. It grants one, or queues the key and returns after how
// long to ask again at the latest. A key that holds a slot is granted it again.
func (m *Manager[K]) Admit(key K, request Request) (granted bool, askAgain time.Duration) {
	m.mu.Lock()
	granted, began, askAgain := m.admit(key, request)
	next, ok := m.next()
	m.mu.Unlock()
	if began && ok {
		m.wake(next) // another slot is free
	}
	return granted, askAgain
}

// admit is Admit with m.mu held. began reports that the slot was not held before.
func (m *Manager[K]) admit(key K, request Request) (granted, began bool, askAgain time.Duration) {
	now := m.options.Now()
	m.expire(now)
	if _, ok := m.active[key]; ok {
		return true, false, 0
	}
	limit := m.options.MaxConcurrent
	if request.Limit > 0 {
		limit = min(limit, request.Limit)
	}
	if len(m.active) < limit && !now.Before(m.earliest) && (request.First || !m.userWaits(key)) {
		m.active[key] = now
		m.earliest = now.Add(m.options.Interval)
		m.dequeue(key)
		return true, true, 0
	}
	return false, false, m.untilTurn(now, m.enqueue(key, request.First), limit)
}

// userWaits reports whether another session waits with a user's change.
func (m *Manager[K]) userWaits(key K) bool {
	return len(m.queue) > 0 && m.queue[0].first && m.queue[0].key != key
}

// enqueue returns the key's position in the queue. A key keeps its place as long
// as it asks for the same.
func (m *Manager[K]) enqueue(key K, first bool) (position int) {
	if position = m.position(key); position >= 0 && m.queue[position].first == first {
		return position
	}
	m.dequeue(key)
	position = len(m.queue)
	if first {
		position = slices.IndexFunc(m.queue, func(e entry[K]) bool { return !e.first })
		if position < 0 {
			position = len(m.queue)
		}
	}
	m.queue = slices.Insert(m.queue, position, entry[K]{key, first})
	return position
}

// untilTurn returns how long until the key at this position in the queue can
// start at the earliest, at least a second.
func (m *Manager[K]) untilTurn(now time.Time, position, limit int) time.Duration {
	begin := m.earliest
	if len(m.active) >= limit {
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
	wait := begin.Sub(now) + time.Duration(position)*m.options.Interval
	return max(wait, time.Second)
}

// Done releases the key's slot, or removes the key from the queue. It does
// nothing for other keys.
func (m *Manager[K]) Done(key K) {
	m.mu.Lock()
	_, held := m.active[key]
	first := len(m.queue) > 0 && m.queue[0].key == key // it may have been woken
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
	return m.queue[0].key, true
}

// Count returns how many replacements are in progress and how many are queued.
func (m *Manager[K]) Count() (active, queued int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.active), len(m.queue)
}

func (m *Manager[K]) position(key K) int {
	return slices.IndexFunc(m.queue, func(e entry[K]) bool { return e.key == key })
}

func (m *Manager[K]) dequeue(key K) {
	if i := m.position(key); i >= 0 {
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
