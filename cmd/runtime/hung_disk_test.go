//go:build root

package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
)

// A disk that does not answer, as network storage does at times: nothing that
// came is acknowledged, and once the disk answers everything is there, once. Only
// root can mount and freeze a file system.
func TestADiskThatHangs(t *testing.T) {
	w := newWorld(t)
	w.image = filepath.Join(t.TempDir(), "disk")
	disk(t, w.image)
	c := w.start()
	freeze := freezer(t, c.inside(""))
	c.pair()
	companion := w.alice.Companion()
	send := func(n int) (ids []string) {
		for i := range n {
			id, err := w.bob.SendText(w.ctx, w.alice, fmt.Sprint("message ", i))
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, id)
		}
		return ids
	}
	before := send(3)
	if err := companion.WaitAcked(w.ctx, before...); err != nil {
		t.Fatal(err)
	}
	freeze("--freeze")
	during := send(5)
	c.await("a write that hangs", c.waitsForDisk)
	for _, id := range companion.Acked() {
		if slices.Contains(during, id) {
			t.Errorf("%s is acknowledged and can't have been stored", id)
		}
	}
	freeze("--unfreeze")
	if err := companion.WaitAcked(w.ctx, during...); err != nil {
		t.Fatal(err)
	}
	counts := c.counts()
	for _, id := range append(before, during...) {
		if counts[id] != 1 {
			t.Errorf("%s is there %d times", id, counts[id])
		}
	}
}

// disk makes a file with an empty file system.
func disk(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := f.Truncate(64 << 20); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("mkfs.ext4", "-q", path).CombinedOutput(); err != nil {
		t.Fatalf("mkfs.ext4: %v %s", err, out)
	}
}

// freezer runs fsfreeze on the file system that a folder is in. However the test
// ends, it does not stay frozen: nothing ends a process that waits for a disk.
func freezer(t *testing.T, folder string) func(action string) {
	t.Helper()
	f, err := os.Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	frozen := false
	freeze := func(action string) {
		cmd := exec.Command("fsfreeze", action, "/proc/self/fd/3")
		cmd.ExtraFiles = []*os.File{f}
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("fsfreeze: %v %s", err, out)
		}
		frozen = !frozen
	}
	t.Cleanup(func() {
		if frozen {
			freeze("--unfreeze")
		}
		_ = f.Close()
	})
	return freeze
}

// waitsForDisk says that a thread of the process cannot be interrupted.
func (c *child) waitsForDisk() bool {
	stats, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stat", c.cmd.Process.Pid))
	if err != nil {
		c.t.Fatal(err)
	}
	return slices.ContainsFunc(stats, func(path string) bool {
		stat, err := os.ReadFile(path)
		_, state, found := bytes.Cut(stat, []byte(") "))
		return err == nil && found && state[0] == 'D'
	})
}
