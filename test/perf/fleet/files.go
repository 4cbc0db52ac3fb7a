package main

import (
	"fmt"
	"syscall"
)

// needFiles makes room for the streams of all pods, an open file for each, and for
// those of the lab itself. The operators that it starts have the same limit.
func needFiles(sessions int) error {
	need := uint64(sessions + 1000)
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return fmt.Errorf("reading the limit of open files: %w", err)
	}
	if limit.Cur >= need {
		return nil
	}
	limit = syscall.Rlimit{Cur: need, Max: max(need, limit.Max)} // only root may raise the hard limit
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return fmt.Errorf("%d sessions need %d open files: run `ulimit -n %d` first, or be root", sessions, need, need)
	}
	return nil
}
