package store

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/wasession/wasession/runtime/volume"
)

// lockName is the lock file in the data directory. It is never removed: that
// would let two processes lock two different files of that name.
const lockName = "lock"

// LockedError means that another process uses the data directory.
type LockedError struct {
	Dir string
	// PID is the other process's id, empty if it could not be read.
	PID string
}

// Error returns a sentence for people.
func (e *LockedError) Error() string {
	if e.PID == "" {
		return fmt.Sprintf("another runtime uses the data directory %s: stop it first", e.Dir)
	}
	return fmt.Sprintf("another runtime (pid %s) uses the data directory %s: stop it first", e.PID, e.Dir)
}

// Lock locks the data directory for this process until unlock is called or the
// process ends, however it ends. The error is a *LockedError while another
// process holds the lock.
func Lock(dir string) (unlock func() error, err error) {
	f, err := os.OpenFile(filepath.Join(dir, lockName), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock data directory: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		defer f.Close()
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("lock data directory: %w", err)
		}
		pid, _ := io.ReadAll(io.LimitReader(f, 16))
		return nil, &LockedError{Dir: dir, PID: strings.TrimSpace(string(pid))}
	}
	if err := errors.Join(f.Truncate(0), writePID(f)); err != nil && !volume.NoRoom(err) {
		f.Close()
		return nil, fmt.Errorf("lock data directory: %w", err)
	}
	return f.Close, nil
}

func writePID(f *os.File) error {
	_, err := f.WriteAt(fmt.Appendf(nil, "%d\n", os.Getpid()), 0)
	return err
}
