package command

import (
	"os"
	"runtime"
	"runtime/debug"
)

// gcPercent makes the collector run at a third of the growth that is Go's default. What
// the gateway holds is small and stays; calls make much garbage beside it.
const gcPercent = 33

// limitMemory sets up the collector, unless the environment does. The gateway serves no
// profiles, so it does not record where memory was allocated.
func limitMemory() {
	runtime.MemProfileRate = 0
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
}
