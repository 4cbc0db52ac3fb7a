package rollout

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"
)

// step is one call of a script, with its expected result.
type step struct {
	advance  time.Duration
	admit    string
	request  Request
	granted  bool
	askAgain time.Duration
	done     string
	woken    []string // by this step
}

func TestOrderAndLimits(t *testing.T) {
	const hold = 5 * time.Minute
	user, careful := Request{First: true}, Request{Limit: 1}
	cases := []struct {
		name  string
		max   int
		delay time.Duration
		steps []step
	}{
		{"a slot that is given back goes to the first in the queue", 1, 0, []step{
			{admit: "a", granted: true},
			{admit: "b", askAgain: hold},
			{admit: "c", askAgain: hold},
			{done: "a", woken: []string{"b"}},
			{admit: "b", granted: true},
			{done: "b", woken: []string{"c"}},
			{admit: "c", granted: true},
			{done: "c"},
		}},
		{"the first in the queue that needs none any more lets the next one in", 1, 0, []step{
			{admit: "a", granted: true},
			{admit: "b", askAgain: hold},
			{admit: "c", askAgain: hold},
			{done: "a", woken: []string{"b"}},
			{done: "b", woken: []string{"c"}},
			{admit: "c", granted: true},
		}},
		{"one that leaves the queue while no slot is free wakes nobody", 1, 0, []step{
			{admit: "a", granted: true},
			{admit: "b", askAgain: hold},
			{admit: "c", askAgain: hold},
			{done: "b"},
			{done: "unknown"},
			{done: "a", woken: []string{"c"}},
		}},
		{"slots that come free together are all used", 2, 0, []step{
			{admit: "a", granted: true},
			{admit: "b", granted: true},
			{admit: "c", askAgain: hold},
			{admit: "d", askAgain: hold},
			{done: "a", woken: []string{"c"}},
			{done: "b", woken: []string{"c"}}, // which has not asked again yet
			{admit: "c", granted: true, woken: []string{"d"}},
			{admit: "d", granted: true},
		}},
		{"a place in the queue is kept, however often one asks", 1, 10 * time.Second, []step{
			{admit: "a", granted: true},
			{admit: "b", askAgain: hold},
			{admit: "c", askAgain: hold + 10*time.Second},
			{admit: "b", askAgain: hold},
			{admit: "c", askAgain: hold + 10*time.Second},
			{advance: time.Minute, admit: "c", askAgain: hold - time.Minute + 10*time.Second},
			{done: "a", woken: []string{"b"}},
		}},
		{"a free slot is still not begun before its time", 3, 30 * time.Second, []step{
			{admit: "a", granted: true},
			{done: "a"},
			{advance: 10 * time.Second, admit: "b", askAgain: 20 * time.Second},
			{advance: 19 * time.Second, admit: "b", askAgain: time.Second},
			{advance: time.Second, admit: "b", granted: true},
		}},
		{"one that asks again does not put off the others", 3, 30 * time.Second, []step{
			{admit: "a", granted: true},
			{advance: 29 * time.Second, admit: "a", granted: true},
			{advance: time.Second, admit: "b", granted: true},
		}},
		{"a slot that was lost to time is no longer one's own", 1, 0, []step{
			{admit: "a", granted: true},
			{advance: hold - time.Second, admit: "b", askAgain: time.Second},
			{advance: time.Second, admit: "b", granted: true},
			{admit: "a", askAgain: hold},
			{done: "b", woken: []string{"a"}},
		}},
		{"the oldest slot decides when there is one at the latest", 2, 0, []step{
			{admit: "a", granted: true},
			{advance: time.Minute, admit: "b", granted: true},
			{advance: time.Minute, admit: "c", askAgain: 3 * time.Minute},
			{done: "a", woken: []string{"c"}},
			{admit: "c", granted: true},
			{admit: "d", askAgain: 4 * time.Minute}, // when b expires
		}},
		{"a user's change goes before what the operator changes", 1, 0, []step{
			{admit: "a", granted: true},
			{admit: "b", askAgain: hold},
			{admit: "c", request: user, askAgain: hold},
			{admit: "d", request: user, askAgain: hold},
			{done: "a", woken: []string{"c"}},
			{admit: "b", askAgain: time.Second}, // though a slot is free
			{admit: "c", request: user, granted: true},
			{done: "c", woken: []string{"d"}},
			{admit: "d", request: user, granted: true},
			{done: "d", woken: []string{"b"}},
			{admit: "b", granted: true},
		}},
		{"one that is edited while it waits moves to the front", 1, 0, []step{
			{admit: "a", granted: true},
			{admit: "b", askAgain: hold},
			{admit: "c", askAgain: hold},
			{admit: "c", request: user, askAgain: hold},
			{done: "a", woken: []string{"c"}},
		}},
		{"one whose edit is taken back moves to the end", 1, 0, []step{
			{admit: "a", granted: true},
			{admit: "b", request: user, askAgain: hold},
			{admit: "c", askAgain: hold},
			{admit: "b", askAgain: hold},
			{done: "a", woken: []string{"c"}},
		}},
		{"a user's change keeps to the pace", 2, 10 * time.Second, []step{
			{admit: "a", granted: true},
			{admit: "b", request: user, askAgain: 10 * time.Second},
			{advance: 10 * time.Second, admit: "b", request: user, granted: true},
		}},
		{"a template that nobody has tried takes no more slots than it may", 3, 0, []step{
			{admit: "a", request: careful, granted: true},
			{admit: "b", request: careful, askAgain: hold},
			{admit: "c", granted: true, woken: []string{"b"}}, // of another template
			{admit: "b", request: careful, askAgain: hold},
			{done: "a", woken: []string{"b"}},
			{admit: "b", request: careful, askAgain: hold},
			{admit: "b", granted: true}, // by now it is proven
		}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f := newFixture(c.max, c.delay)
			for i, s := range c.steps {
				f.woken = nil
				f.clock.advance(s.advance)
				if s.admit != "" {
					if granted, again := f.Admit(s.admit, s.request); granted != s.granted || again != s.askAgain {
						t.Errorf("step %d: Admit(%q) = %v, %s; want %v, %s", i, s.admit, granted, again, s.granted, s.askAgain)
					}
				}
				if s.done != "" {
					f.Done(s.done)
				}
				if !slices.Equal(f.woken, s.woken) {
					t.Errorf("step %d: woken are %v, want %v", i, f.woken, s.woken)
				}
			}
		})
	}
}

// Sessions that drop out while queued block nobody.
func TestAFleetWhoseSessionsVanishComesThrough(t *testing.T) {
	const sessions, limit = 40, 3
	clock := &clock{time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	var woken []int
	m := NewManager(Options{MaxConcurrent: limit, Now: clock.read}, func(key int) { woken = append(woken, key) })
	var active []int
	visit := func(key int) {
		if granted, _ := m.Admit(key, Request{}); granted {
			active = append(active, key)
		}
	}
	for key := range sessions {
		visit(key)
	}
	served := 0
	for len(active) > 0 {
		m.Done(active[0])
		active = active[1:]
		served++
		for len(woken) > 0 {
			key := woken[0]
			woken = woken[1:]
			if key%2 == 0 {
				m.Done(key) // deleted, or up to date by now
				continue
			}
			visit(key)
		}
		if len(active) > limit {
			t.Fatalf("%d are away at once", len(active))
		}
	}
	if active, queued := m.Count(); active != 0 || queued != 0 {
		t.Errorf("after %d replacements %d are in progress and %d are queued without being woken", served, active, queued)
	}
}

// The time that docs/rollouts.md states: with 30 a minute, ten slots and 20 s for
// each, the last of a thousand sessions is back after 34 minutes.
func TestAThousandSessionsTakeHalfAnHour(t *testing.T) {
	const sessions, away = 1000, 20 * time.Second
	clock := &clock{time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	began, backAt, asked := clock.now, map[int]time.Time{}, map[int]time.Time{}
	m := NewManager(Options{MaxConcurrent: 10, Interval: 2 * time.Second, Now: clock.read}, func(key int) { asked[key] = clock.now })
	for key := range sessions {
		asked[key] = clock.now
	}
	for len(asked)+len(backAt) > 0 {
		for key, due := range backAt {
			if !due.After(clock.now) {
				delete(backAt, key)
				m.Done(key)
			}
		}
		for key := range sessions {
			due, waits := asked[key]
			if _, gone := backAt[key]; !waits || gone || due.After(clock.now) {
				continue
			}
			if granted, again := m.Admit(key, Request{}); granted {
				delete(asked, key)
				backAt[key] = clock.now.Add(away)
			} else {
				asked[key] = clock.now.Add(again)
			}
		}
		clock.advance(time.Second)
	}
	if took := clock.now.Sub(began).Round(time.Minute); took != 34*time.Minute {
		t.Errorf("they take %s, want 34 minutes", took)
	}
}

func TestDefaults(t *testing.T) {
	m := NewManager(Options{}, func(string) {})
	if granted, again := m.Admit("a", Request{}); !granted || again != 0 {
		t.Errorf("the first gets %v, %s", granted, again)
	}
	granted, again := m.Admit("b", Request{})
	if granted || again > 6*time.Minute || again < 5*time.Minute {
		t.Errorf("the second gets %v, %s", granted, again)
	}
	if got, want := fmt.Sprint(m.Count()), "1 1"; got != want {
		t.Errorf("Count() = %s, want %s", got, want)
	}
}

// wake is called without a lock: it may call Admit immediately.
func TestWakingMayAsk(t *testing.T) {
	var m *Manager[string]
	var granted []string
	m = NewManager(Options{MaxConcurrent: 1}, func(key string) {
		if ok, _ := m.Admit(key, Request{}); ok {
			granted = append(granted, key)
		}
		m.Count()
	})
	m.Admit("a", Request{})
	m.Admit("b", Request{})
	done := make(chan struct{})
	go func() {
		defer close(done)
		m.Done("a")
	}()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Fatal("the manager deadlocks")
	}
	if want := []string{"b"}; !reflect.DeepEqual(granted, want) {
		t.Errorf("granted are %v, want %v", granted, want)
	}
}
