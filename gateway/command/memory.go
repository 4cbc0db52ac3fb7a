package command

import (
	"os"
	"runtime"
	"runtime/debug"
)

// gcPercent makes the collector run at a third of the growth that is Go's default. What
// the gateway holds is small and stays; calls make much garbage beside it.
const gcPercent = 33

// profileRate is how many bytes are allocated for each one that a profile of the memory
// counts: four times Go's default, as the records take memory themselves. What fills the
// memory of a gateway is larger than this.
const profileRate = 2 << 20

// limitMemory sets up the collector, unless the environment does.
func limitMemory() {
	runtime.MemProfileRate = profileRate
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
}
