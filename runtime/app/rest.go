package app

import (
	"context"
	"errors"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync/atomic"
	"time"

	"github.com/wasession/wasession/runtime/sqlite"
)

const (
	// restAfter is how long nothing must happen before memory is returned, and
	// restWithin how long it is kept at most if there is always something.
	restAfter  = 2 * time.Second
	restWithin = 10 * time.Second
	// worthReturning is how much of the heap must be unused, in bytes: collecting
	// garbage takes a few milliseconds.
	worthReturning = 2 << 20
)

// rest returns memory to the system when the process comes to rest. By itself Go keeps
// what a burst of work took for minutes, and garbage until as much again has been
// allocated; hundreds of sessions share a machine. Without work it does nothing.
type rest struct {
	began time.Time
	// last is when something happened, since began.
	last atomic.Int64
	// awake is set from the first work until memory has been returned; woken wakes run.
	awake atomic.Bool
	woken chan struct{}
	// giveBack returns the memory.
	giveBack func(context.Context)
}

func newRest(giveBack func(context.Context)) *rest {
	return &rest{began: time.Now(), woken: make(chan struct{}, 1), giveBack: giveBack}
}

// stir says that something happened that takes memory. It costs next to nothing.
func (r *rest) stir() {
	r.last.Store(int64(time.Since(r.began)))
	if !r.awake.Swap(true) {
		r.woken <- struct{}{} // there is room: run took the last one before it cleared awake
	}
}

// run returns memory after each burst of work, and now and then in long ones, until the
// context ends.
func (r *rest) run(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-r.woken:
		case <-ctx.Done():
			return
		}
		woken := time.Now()
		for quiet := time.Duration(0); quiet < restAfter && time.Since(woken) < restWithin; quiet = r.quiet() {
			timer.Reset(restAfter - quiet)
			select {
			case <-timer.C:
			case <-ctx.Done():
				return
			}
		}
		r.awake.Store(false) // what happens from here on is for the next time
		r.giveBack(ctx)
	}
}

// quiet is how long nothing has happened.
func (r *rest) quiet() time.Duration { return time.Since(r.began) - time.Duration(r.last.Load()) }

// giveBack returns the memory of the databases' caches and of the heap.
func (a *App) giveBack(ctx context.Context) {
	a.Session.Account().Rest()
	if err := errors.Join(a.Store.Rest(ctx), sqlite.ReturnMemory()); err != nil && ctx.Err() == nil {
		a.log.Warn("Failed to free the memory of the database", "error", err)
	}
	if unusedHeap() >= worthReturning {
		runtime.GC() // what lies in a pool is only garbage after a second collection
		debug.FreeOSMemory()
	}
}

// unusedHeap is how much memory of the heap a garbage collection would free, or has
// freed and not yet returned, in bytes.
func unusedHeap() uint64 {
	samples := []metrics.Sample{
		{Name: "/memory/classes/heap/free:bytes"}, {Name: "/memory/classes/heap/unused:bytes"},
		{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/gc/heap/live:bytes"},
	}
	metrics.Read(samples)
	free, unused, objects, live := samples[0].Value.Uint64(), samples[1].Value.Uint64(), samples[2].Value.Uint64(), samples[3].Value.Uint64()
	return free + unused + objects - min(live, objects)
}
