package errands

import (
	"context"
	"errors"
	"testing"

	"k8s.io/apimachinery/pkg/types"
)

var sales, support = types.NamespacedName{Namespace: "crm", Name: "sales"}, types.NamespacedName{Namespace: "crm", Name: "support"}

// start starts a manager that is stopped, and waited for, at the end of the test.
func start(t *testing.T, options Options) (*Manager, <-chan Event) {
	t.Helper()
	events := make(chan Event, 100)
	options.Events = events
	m := NewManager(options)
	run(t, m)
	return m, events
}

func run(t *testing.T, m *Manager) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- m.Start(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

// blocked is work that reports when it runs and then waits to be released or ended.
func blocked(began chan<- string, name string, release <-chan error) func(context.Context) error {
	return func(ctx context.Context) error {
		began <- name
		select {
		case err := <-release:
			return err
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func TestAnErrandWakesItsSessionWhenItHasEnded(t *testing.T) {
	m, events := start(t, Options{})
	began, release := make(chan string, 10), make(chan error)
	failed := errors.New("no answer")
	work := blocked(began, "logout", release)

	if state := m.Ensure(sales, "logout", work); state.Done() || state.Err != nil {
		t.Errorf("at first it is %+v", state)
	}
	<-began
	if state := m.Ensure(sales, "logout", work); state.Done() {
		t.Errorf("while it runs it is %+v", state)
	}
	release <- failed
	if got := <-events; got.Object != sales {
		t.Errorf("woken is %v", got.Object)
	}
	if state := m.Ensure(sales, "logout", work); !state.Done() || !errors.Is(state.Err, failed) {
		t.Errorf("at last it is %+v", state)
	}
	if state, ok := m.State(sales, "logout"); !ok || !state.Done() {
		t.Errorf("its state is %+v, %t", state, ok)
	}

	m.Drop(sales, "logout")
	if _, ok := m.State(sales, "logout"); ok {
		t.Error("it is still known")
	}
	m.Ensure(sales, "logout", work)
	<-began // it runs again
	release <- nil
	<-events
	if state, _ := m.State(sales, "logout"); !state.Done() || state.Err != nil {
		t.Errorf("the second time it is %+v", state)
	}
	if len(began) != 0 {
		t.Error("it ran more often than it was asked for")
	}
}

func TestErrandsRunSideBySideWithinTheLimit(t *testing.T) {
	m, events := start(t, Options{Concurrency: 2})
	began, release := make(chan string, 10), make(chan error)
	for _, name := range []string{"1", "2", "3"} {
		m.Ensure(sales, name, blocked(began, name, release))
	}
	first, second := <-began, <-began
	if first+second != "12" && first+second != "21" {
		t.Errorf("first to run are %s and %s", first, second)
	}
	if len(began) != 0 {
		t.Error("three run at the same time")
	}
	release <- nil
	<-events
	if third := <-began; third != "3" {
		t.Errorf("next is %s", third)
	}
	release <- nil
	release <- nil
	<-events
	<-events
}

func TestDroppedErrandsEndAndWakeNobody(t *testing.T) {
	m, events := start(t, Options{Concurrency: 1})
	began, release := make(chan string, 10), make(chan error)
	m.Ensure(sales, "running", blocked(began, "running", release))
	<-began
	m.Ensure(sales, "queued", blocked(began, "queued", release))
	m.Ensure(support, "other", blocked(began, "other", release))
	m.Forget(sales)
	if name := <-began; name != "other" {
		t.Errorf("%s runs, though its session is forgotten", name)
	}
	release <- nil
	if got := <-events; got.Object != support {
		t.Errorf("woken is %v", got.Object)
	}
	if _, ok := m.State(sales, "running"); ok {
		t.Error("a forgotten errand is still known")
	}
}

func TestErrandsWaitForTheManagerAndEndWithIt(t *testing.T) {
	events := make(chan Event) // nobody reads: ending must not depend on it
	m := NewManager(Options{Events: events})
	began := make(chan string, 10)
	m.Ensure(sales, "early", blocked(began, "early", nil))
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- m.Start(ctx) }()
	<-began
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	m.Ensure(sales, "late", blocked(began, "late", nil))
	if len(began) != 0 {
		t.Error("an errand runs without a manager")
	}
}
