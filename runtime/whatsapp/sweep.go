package whatsapp

import (
	"errors"
	"os"
	"path/filepath"
)

// leftovers are temporary files that a killed process may leave behind. Earlier
// versions also downloaded into the data directory.
var leftovers = []string{".download-*", ".upload-*", ".tmp-*"}

// sweep removes temporary files of an earlier process from a directory.
func sweep(dir string) error {
	var all error
	for _, pattern := range leftovers {
		left, err := filepath.Glob(filepath.Join(dir, pattern))
		all = errors.Join(all, err)
		for _, path := range left {
			all = errors.Join(all, os.Remove(path))
		}
	}
	return all
}
