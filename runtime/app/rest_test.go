package app

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// Memory is returned once after each burst, when it is over, and never without one.
func TestMemoryIsReturnedAfterABurst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		returned := 0
		r := newRest(func(context.Context) { returned++ })
		var running sync.WaitGroup
		running.Go(func() { r.run(ctx) })
		after := func(d time.Duration, want int) {
			t.Helper()
			time.Sleep(d)
			synctest.Wait()
			if returned != want {
				t.Errorf("returned %d times, want %d", returned, want)
			}
		}
		after(time.Hour, 0)
		for range 100 {
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

// Work that begins while memory is being returned has it returned again.
func TestWorkWhileMemoryIsReturned(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var r *rest
		returned := 0
		r = newRest(func(context.Context) {
			if returned++; returned == 1 {
				r.stir()
			}
		})
		go r.run(t.Context())
		r.stir()
		time.Sleep(3 * restAfter)
		synctest.Wait()
		if returned != 2 {
			t.Errorf("returned %d times", returned)
		}
	})
}
