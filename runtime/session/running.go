package session

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// runningFile is there while a process runs the session. One that is found at
// start was left by a process that was killed.
const runningFile = "running"

// markRunning notes that a process runs; unclean says that the last one did not
// end in order.
func markRunning(dir string) (unclean bool, err error) {
	path := filepath.Join(dir, runningFile)
	if _, err := os.Stat(path); err == nil {
		return true, nil
	}
	return false, os.WriteFile(path, nil, 0o600)
}

// markStopped notes that the process ends in order.
func markStopped(dir string) error {
	err := os.Remove(filepath.Join(dir, runningFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
