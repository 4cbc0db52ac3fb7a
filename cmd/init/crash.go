package main

import (
	"bufio"
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// A program is started again after at most so many crashes in so much time. kubelet
// forgets crashes after the same time.
const (
	forgiven = 3
	window   = 10 * time.Minute
)

// panicked is the exit code of a Go program that panics.
const panicked = 2

// crashed reports whether a program ended as none means to: by a signal or by a panic. One
// that ends with an error would do so again.
func crashed(state *os.ProcessState) bool {
	status := state.Sys().(syscall.WaitStatus)
	return status.Signaled() || status.ExitStatus() == panicked
}

// codeOf is the exit code by which containers report how a program ended.
func codeOf(state *os.ProcessState) int {
	status := state.Sys().(syscall.WaitStatus)
	if status.Signaled() {
		return 128 + int(status.Signal())
	}
	return status.ExitStatus()
}

// crashes are the times of those that were forgiven, oldest first.
type crashes []time.Time

// forgive counts a crash, and reports whether the program may be started again.
func (c *crashes) forgive(now time.Time) bool {
	for len(*c) > 0 && now.Sub((*c)[0]) >= window {
		*c = (*c)[1:]
	}
	if len(*c) >= forgiven {
		return false
	}
	*c = append(*c, now)
	return true
}

// groupFolder is where a container sees its control group.
const groupFolder = "/sys/fs/cgroup"

// memoryKills is how many processes of the container the kernel has killed because it had
// no memory left; 0 where that is not known.
func memoryKills(folder string) int {
	sum := 0
	for _, file := range []string{"memory.events", "memory/memory.oom_control"} { // versions 2 and 1
		text, err := os.ReadFile(filepath.Join(folder, file))
		if err != nil {
			continue
		}
		lines := bufio.NewScanner(bytes.NewReader(text))
		for lines.Scan() {
			if count, ok := bytes.CutPrefix(lines.Bytes(), []byte("oom_kill ")); ok {
				n, _ := strconv.Atoi(string(count))
				sum += n
			}
		}
	}
	return sum
}
