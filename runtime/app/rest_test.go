package app

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// Memory is returned once after each burst, when it is over, and never without one.
func TestMemoryIsReturnedAfterABurst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		var returned atomic.Int64
		r := newRest(func(context.Context) { returned.Add(1) })
		var running sync.WaitGroup
		running.Go(func() { r.run(ctx) })
		after := func(d time.Duration, want int64) {
			t.Helper()
			time.Sleep(d)
			synctest.Wait()
			if got := returned.Load(); got != want {
				t.Errorf("returned %d times, want %d", got, want)
			}
		}
		after(time.Hour, 0)
		for range 9 {
			r.stir()
			after(restAfter/2, 0)
		}
		after(restAfter, 1)
		after(time.Hour, 1)
		r.stir()
		r.stir()
		after(restAfter, 2)
		r.stir()
		cancel()
		running.Wait()
		r.stir() // after the end it blocks nobody
	})
}

// Work without a pause, such as messages that come one by one, has memory returned too.
func TestMemoryIsReturnedDuringLongWork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var returned atomic.Int64
		r := newRest(func(context.Context) { returned.Add(1) })
		go r.run(t.Context())
		for range 60 {
			r.stir()
			time.Sleep(time.Second)
		}
		synctest.Wait()
		if got := returned.Load(); got < 4 || got > 6 {
			t.Errorf("returned %d times in a minute of work, want about every %s", got, restWithin)
		}
	})
}

// Work that begins while memory is being returned has it returned again.
func TestWorkWhileMemoryIsReturned(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var r *rest
		var returned atomic.Int64
		r = newRest(func(context.Context) {
			if returned.Add(1) == 1 {
				r.stir()
			}
		})
		go r.run(t.Context())
		r.stir()
		time.Sleep(3 * restAfter)
		synctest.Wait()
		if got := returned.Load(); got != 2 {
			t.Errorf("returned %d times", got)
		}
	})
}
