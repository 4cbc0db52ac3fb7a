package accounts

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// removed is the name prefix of folders that are being deleted. They are renamed
// first, so that a partly deleted folder is never opened.
const removed = ".removed-"

// RemoveOthers deletes the folders of all other accounts.
func (f *Folder) RemoveOthers() (n int, err error) {
	all, err := list(f.dir)
	if err != nil {
		return 0, fmt.Errorf("accounts: %w", err)
	}
	for _, other := range all {
		if other.Path == f.Path {
			continue
		}
		gone := filepath.Join(f.dir, parent, unique(removed))
		if err := os.Rename(other.Path, gone); err != nil {
			return n, fmt.Errorf("accounts: %w", err)
		}
		n++
	}
	if n > 0 {
		err = syncDir(filepath.Join(f.dir, parent))
	}
	return n, errors.Join(err, f.Sweep())
}

// Sweep deletes partly deleted folders and temporary files that a crash left.
func (f *Folder) Sweep() error {
	var all error
	for _, pattern := range []string{removed + "*", ".tmp-*"} {
		left, err := filepath.Glob(filepath.Join(f.dir, parent, pattern))
		all = errors.Join(all, err)
		for _, path := range left {
			all = errors.Join(all, os.RemoveAll(path))
		}
	}
	return all
}

// Kept counts the stored data of other accounts.
type Kept struct {
	Accounts int
	Bytes    int64
}

// Others measures the data of other accounts. It stats each of their files.
func (f *Folder) Others() (Kept, error) {
	all, err := list(f.dir)
	if err != nil {
		return Kept{}, fmt.Errorf("accounts: %w", err)
	}
	var kept Kept
	for _, other := range all {
		if other.Path == f.Path {
			continue
		}
		kept.Accounts++
		err = errors.Join(err, filepath.WalkDir(other.Path, func(_ string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return err
			}
			info, err := e.Info()
			if err == nil {
				kept.Bytes += info.Size()
			}
			return err
		}))
	}
	return kept, err
}
