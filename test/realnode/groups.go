package realnode

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// groupRoot has the control groups: one hierarchy, or a folder for each of version 1.
const groupRoot = "/sys/fs/cgroup"

// groupOf is the name of the control group that has the pods of a run.
func groupOf(dir string) string { return filepath.Base(dir) }

// hierarchies are the folders in which there are control groups.
func hierarchies() ([]string, error) {
	if unified() {
		return []string{groupRoot}, nil
	}
	folders, err := os.ReadDir(groupRoot)
	if err != nil {
		return nil, err
	}
	var all []string
	for _, folder := range folders {
		// Links such as cpu -> cpu,cpuacct are the same hierarchy once more.
		if folder.IsDir() {
			all = append(all, filepath.Join(groupRoot, folder.Name()))
		}
	}
	return all, nil
}

func unified() bool {
	_, err := os.Stat(filepath.Join(groupRoot, "cgroup.controllers"))
	return err == nil
}

// makeGroups creates the group in every hierarchy.
func makeGroups(name string) error {
	folders, err := hierarchies()
	if err != nil {
		return err
	}
	for _, folder := range folders {
		group := filepath.Join(folder, name)
		if err := os.Mkdir(group, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("control group: %w", err)
		}
		// A new group of version 1 has no processors and no memory nodes.
		for _, file := range []string{"cpuset.cpus", "cpuset.mems"} {
			all, err := os.ReadFile(filepath.Join(folder, file))
			if unified() || err != nil {
				continue
			}
			if err := os.WriteFile(filepath.Join(group, file), bytes.TrimSpace(all), 0o644); err != nil {
				return fmt.Errorf("control group: %w", err)
			}
		}
	}
	return nil
}

// removeGroups removes the group and those in it from every hierarchy. It fails
// while processes are in them.
func removeGroups(name string) error {
	folders, err := hierarchies()
	if err != nil {
		return err
	}
	var failed error
	for _, folder := range folders {
		var groups []string
		err := filepath.WalkDir(filepath.Join(folder, name), func(path string, entry fs.DirEntry, err error) error {
			if err == nil && entry.IsDir() {
				groups = append(groups, path)
			}
			return nil // it is not there, or just went
		})
		failed = errors.Join(failed, err)
		for _, group := range slices.Backward(groups) {
			if err := os.Remove(group); err != nil && !errors.Is(err, fs.ErrNotExist) {
				failed = errors.Join(failed, err)
			}
		}
	}
	return failed
}
