package command

import (
	"context"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// gcPercent makes the collector run at a quarter of the growth that is Go's
// default. Most of the heap is caches that stay, so it saves much of the memory
// for a percent or two of processor time.
const gcPercent = 25

// limitMemory sets up the collector, unless the environment does. The operator
// serves no profiles, so it does not record where memory was allocated.
func limitMemory() {
	runtime.MemProfileRate = 0
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
}

// returnEvery is how often to look for memory to return to the system.
const returnEvery = 10 * time.Second

// returnMemory returns memory to the system until ctx is done. A start, or a
// change of all sessions, takes much more for a moment than what stays of it, and
// Go by itself keeps it for as long as the heap does not grow.
func returnMemory(ctx context.Context) error {
	ticker := time.NewTicker(returnEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
			if muchUnused() {
				debug.FreeOSMemory()
			}
		}
	}
}

// worthReturning is how much must be free at least, in bytes.
const worthReturning = 4 << 20

// muchUnused says whether more than an eighth of the live heap is free and still
// held. About as much becomes free in a collection, and is used again soon.
func muchUnused() bool {
	samples := []metrics.Sample{{Name: "/memory/classes/heap/free:bytes"}, {Name: "/gc/heap/live:bytes"}}
	metrics.Read(samples)
	free, live := samples[0].Value.Uint64(), samples[1].Value.Uint64()
	return free > max(live/8, worthReturning)
}
