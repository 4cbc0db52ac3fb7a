package rollout

import (
	"reflect"
	"sync"
	"testing"
	"time"
)

// clock is a manual clock.
type clock struct{ now time.Time }

func (c *clock) read() time.Time          { return c.now }
func (c *clock) advance(by time.Duration) { c.now = c.now.Add(by) }

type fixture struct {
	*Manager[string]
	clock *clock
	woken []string
}

func newFixture(maxConcurrent int, delay time.Duration) *fixture {
	f := &fixture{clock: &clock{time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}}
	f.Manager = NewManager(Options{
		MaxConcurrent: maxConcurrent, Interval: delay, MaxHold: 5 * time.Minute, Now: f.clock.read,
	}, func(key string) { f.woken = append(f.woken, key) })
	return f
}

func (f *fixture) expect(t *testing.T, key string, granted bool, askAgain time.Duration) {
	t.Helper()
	gotGranted, gotAskAgain := f.Admit(key, Request{})
	if gotGranted != granted || gotAskAgain != askAgain {
		t.Errorf("Admit(%q) = %v, %s; want %v, %s", key, gotGranted, gotAskAgain, granted, askAgain)
	}
}

func (f *fixture) expectCount(t *testing.T, active, queued int) {
	t.Helper()
	if a, q := f.Count(); a != active || q != queued {
		t.Errorf("Count() = %d, %d; want %d, %d", a, q, active, queued)
	}
}

func TestSlotsAreBounded(t *testing.T) {
	f := newFixture(2, 0)
	f.expect(t, "a", true, 0)
	f.expect(t, "b", true, 0)
	f.expect(t, "c", false, 5*time.Minute)
	f.expect(t, "a", true, 0) // it keeps its slot, however often it asks
	f.expectCount(t, 2, 1)

	f.Done("a")
	if want := []string{"c"}; !reflect.DeepEqual(f.woken, want) {
		t.Errorf("woken are %v, want %v", f.woken, want)
	}
	f.expect(t, "c", true, 0)
	f.expectCount(t, 2, 0)
}

func TestBeginningsAreApart(t *testing.T) {
	f := newFixture(5, 10*time.Second)
	f.expect(t, "a", true, 0)
	f.expect(t, "b", false, 10*time.Second)
	f.expect(t, "c", false, 20*time.Second)
	f.clock.advance(4 * time.Second)
	f.expect(t, "b", false, 6*time.Second)
	f.clock.advance(6 * time.Second)
	f.expect(t, "b", true, 0)
	f.expect(t, "c", false, 10*time.Second)
}

func TestNobodyIsAskedToComeBackWithinASecond(t *testing.T) {
	f := newFixture(5, 100*time.Millisecond)
	f.expect(t, "a", true, 0)
	f.expect(t, "b", false, time.Second)
}

func TestTheFirstInTheQueueIsWoken(t *testing.T) {
	f := newFixture(1, 0)
	f.expect(t, "a", true, 0)
	for _, key := range []string{"b", "c", "d"} {
		f.Admit(key, Request{})
	}
	f.Done("c") // it was queued, so no slot becomes free
	if f.woken != nil {
		t.Errorf("woken are %v, want none", f.woken)
	}
	f.Done("a")
	f.Done("a") // only once
	f.Done("unknown")
	if want := []string{"b"}; !reflect.DeepEqual(f.woken, want) {
		t.Errorf("woken are %v, want %v", f.woken, want)
	}
	f.expectCount(t, 0, 2)
}

func TestASlotIsNotHeldForEver(t *testing.T) {
	f := newFixture(1, 10*time.Second)
	f.expect(t, "stuck", true, 0)
	f.expect(t, "next", false, 5*time.Minute)
	f.clock.advance(5 * time.Minute)
	f.expect(t, "next", true, 0)
	f.expectCount(t, 1, 0)
}

func TestWithoutALimitOneIsTheLeast(t *testing.T) {
	f := newFixture(0, 0)
	f.expect(t, "a", true, 0)
	if granted, _ := f.Admit("b", Request{}); granted {
		t.Error("two slots were granted although there is one")
	}
}

// Every key gets its turn if all follow the answers, and there are never more
// replacements in progress than allowed.
func TestAFleetComesThrough(t *testing.T) {
	const sessions, limit = 200, 5
	f := newFixture(limit, 10*time.Second)
	type visit struct{ due, done time.Time }
	waiting, active := map[int]*visit{}, map[int]*visit{}
	m := NewManager(Options{MaxConcurrent: limit, Interval: 10 * time.Second, Now: f.clock.read}, func(key int) {
		if v := waiting[key]; v != nil {
			v.due = f.clock.now
		}
	})
	for key := range sessions {
		waiting[key] = &visit{due: f.clock.now}
	}
	asked := 0
	for len(waiting)+len(active) > 0 {
		for key, v := range waiting {
			if v.due.After(f.clock.now) {
				continue
			}
			asked++
			granted, again := m.Admit(key, Request{})
			if granted {
				delete(waiting, key)
				active[key] = &visit{done: f.clock.now.Add(30 * time.Second)}
				continue
			}
			v.due = f.clock.now.Add(again)
		}
		if len(active) > limit {
			t.Fatalf("%d replacements are in progress", len(active))
		}
		f.clock.advance(time.Second)
		for key, v := range active {
			if !v.done.After(f.clock.now) {
				delete(active, key)
				m.Done(key)
			}
		}
		if f.clock.now.Year() > 2026 {
			t.Fatal("the rollout does not finish")
		}
	}
	if asked > 20*sessions {
		t.Errorf("%d sessions asked %d times: that is polling", sessions, asked)
	}
}

func TestConcurrentUse(t *testing.T) {
	m := NewManager(Options{MaxConcurrent: 3}, func(int) {})
	var group sync.WaitGroup
	for key := range 50 {
		group.Go(func() {
			for range 20 {
				if granted, _ := m.Admit(key, Request{}); granted {
					if active, _ := m.Count(); active > 3 {
						t.Errorf("%d slots are taken", active)
					}
				}
				m.Done(key)
			}
		})
	}
	group.Wait()
	if active, queued := m.Count(); active != 0 || queued != 0 {
		t.Errorf("%d slots and %d queue entries remain", active, queued)
	}
}
