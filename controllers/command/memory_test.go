package command

import (
	"context"
	"runtime"
	"runtime/debug"
	"testing"
)

func TestMemoryOfABurstIsReturned(t *testing.T) {
	burst := make([]byte, 256<<20)
	clear(burst) // so that it is there
	runtime.KeepAlive(burst)
	runtime.GC()
	if !muchUnused() {
		t.Error("256 MiB that were freed are not seen")
	}
	debug.FreeOSMemory()
	if muchUnused() {
		t.Error("memory is to be returned again as soon as it was returned")
	}
}

func TestTheReturnOfMemoryEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := returnMemory(ctx); err != nil {
		t.Error(err)
	}
}
