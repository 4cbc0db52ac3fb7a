package access

import (
	"sync"
	"time"
)

// remembered is how long answers of the API server are used: a right that was taken
// away ends that much later.
const remembered = 10 * time.Second

// mostRemembered limits the answers that are kept.
const mostRemembered = 20_000

// memory keeps answers for a short time.
type memory[K comparable, V any] struct {
	mu   sync.Mutex
	kept map[K]answer[V]
}

type answer[V any] struct {
	value V
	until time.Time
}

func newMemory[K comparable, V any]() *memory[K, V] {
	return &memory[K, V]{kept: map[K]answer[V]{}}
}

// get returns the answer to a question, and asks if it is not known. Errors are not
// kept.
func (m *memory[K, V]) get(key K, ask func() (V, error)) (V, error) {
	now := time.Now()
	m.mu.Lock()
	known, ok := m.kept[key]
	m.mu.Unlock()
	if ok && now.Before(known.until) {
		return known.value, nil
	}
	value, err := ask()
	if err != nil {
		return value, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.kept) >= mostRemembered {
		clear(m.kept)
	}
	m.kept[key] = answer[V]{value, now.Add(remembered)}
	return value, nil
}
