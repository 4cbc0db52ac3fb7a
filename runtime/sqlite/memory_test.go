package sqlite

import (
	"fmt"
	"os"
	"runtime/debug"
	"strings"
	"testing"
)

// What a statement took, and the allocator has kept, goes back to the system.
func TestFreedMemoryIsReturned(t *testing.T) {
	const size = 3 << 20
	db := open(t, 1)
	var n int
	if err := db.QueryRowContext(t.Context(), `SELECT length(randomblob(?))`, size).Scan(&n); err != nil || n != size {
		t.Fatalf("%d bytes, %v", n, err)
	}
	kept := anonymous(t)
	if err := ReturnMemory(); err != nil {
		t.Fatal(err)
	}
	if returned := kept - anonymous(t); returned < size*3/4 {
		t.Errorf("%d bytes were returned of %d that were freed", returned, size)
	}
	must(t, db, `INSERT INTO words (word) VALUES ('still there')`)
}

// anonymous is the memory of this process that is not mapped from files, without
// garbage.
func anonymous(t *testing.T) (bytes int) {
	t.Helper()
	debug.FreeOSMemory()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(status), "RssAnon:")
	var kB int
	if _, err := fmt.Sscan(after, &kB); err != nil {
		t.Fatal(err)
	}
	return kB << 10
}
