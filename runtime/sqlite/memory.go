package sqlite

import (
	"sync"
	_ "unsafe" // for go:linkname

	"modernc.org/memory"
)

// The allocator of all databases. The library does not export it.
var (
	//go:linkname allocator modernc.org/libc.allocator
	allocator memory.Allocator
	//go:linkname allocatorMu modernc.org/libc.allocatorMu
	allocatorMu sync.Mutex
)

// ReturnMemory returns to the system what the databases have freed: by itself the
// allocator keeps up to 4 MiB of each size, for as long as the process runs.
func ReturnMemory() error {
	allocatorMu.Lock()
	defer allocatorMu.Unlock()
	return allocator.Trim()
}
