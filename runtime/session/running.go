package session

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// runningFile exists while a process runs the session. If it exists at start,
// the last process was killed.
const runningFile = "running"

// markRunning creates runningFile; unclean is true if the last process did not
// shut down cleanly.
func markRunning(dir string) (unclean bool, err error) {
	path := filepath.Join(dir, runningFile)
	if _, err := os.Stat(path); err == nil {
		return true, nil
	}
	return false, os.WriteFile(path, nil, 0o600)
}

// markStopped removes runningFile at a clean shutdown.
func markStopped(dir string) error {
	err := os.Remove(filepath.Join(dir, runningFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
