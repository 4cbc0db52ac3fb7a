package simclient

import (
	"context"
	"fmt"
	"sync"

	"go.mau.fi/whatsmeow/types/events"

	"github.com/wasession/wasession/test/simulator"
)

// Events is the log of a client's events.
type Events struct {
	mu      sync.Mutex
	all     []any
	changed chan struct{}
}

func newEvents() *Events { return &Events{changed: make(chan struct{})} }

func (e *Events) add(evt any) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.all = append(e.all, evt)
	close(e.changed)
	e.changed = make(chan struct{})
}

// All returns all events until now.
func (e *Events) All() []any {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]any(nil), e.all...)
}

// Mark returns the number of events until now, for WaitSince.
func (e *Events) Mark() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.all)
}

// Wait returns the first past or future event of type T that satisfies all
// conditions.
func Wait[T any](ctx context.Context, e *Events, conditions ...func(T) bool) (T, error) {
	return WaitSince(ctx, e, 0, conditions...)
}

// WaitSince is Wait among the events after a Mark.
func WaitSince[T any](ctx context.Context, e *Events, mark int, conditions ...func(T) bool) (T, error) {
	for {
		e.mu.Lock()
		fresh, changed := e.all[mark:], e.changed
		e.mu.Unlock()
		for _, evt := range fresh {
			if typed, ok := evt.(T); ok && satisfies(typed, conditions) {
				return typed, nil
			}
		}
		mark += len(fresh)
		select {
		case <-changed:
		case <-ctx.Done():
			var none T
			return none, fmt.Errorf("no %T came: %w", none, ctx.Err())
		}
	}
}

func satisfies[T any](evt T, conditions []func(T) bool) bool {
	for _, ok := range conditions {
		if !ok(evt) {
			return false
		}
	}
	return true
}

// Count returns how many events of type T until now satisfy all conditions.
func Count[T any](e *Events, conditions ...func(T) bool) int {
	n := 0
	for _, evt := range e.All() {
		if typed, ok := evt.(T); ok && satisfies(typed, conditions) {
			n++
		}
	}
	return n
}

// HasText returns a condition: the message has exactly this text.
func HasText(text string) func(*events.Message) bool {
	return func(m *events.Message) bool { return simulator.MessageText(m.Message) == text }
}

// HasID returns a condition: the message has this id.
func HasID(id string) func(*events.Message) bool {
	return func(m *events.Message) bool { return m.Info.ID == id }
}
