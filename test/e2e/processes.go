package main

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// processesOf are the processes of a pod whose command has this name; "" for all.
func processesOf(podUID, command string) ([]int, error) {
	folders, err := os.ReadDir("/proc")
	if err != nil {
		return nil, err
	}
	var pids []int
	for _, folder := range folders {
		pid, err := strconv.Atoi(folder.Name())
		if err != nil {
			continue
		}
		groups, err := os.ReadFile(filepath.Join("/proc", folder.Name(), "cgroup"))
		if err != nil || !strings.Contains(string(groups), podUID) {
			continue
		}
		program, err := os.Readlink(filepath.Join("/proc", folder.Name(), "exe"))
		if err == nil && (command == "" || filepath.Base(program) == command) {
			pids = append(pids, pid)
		}
	}
	return pids, nil
}

type sum struct {
	count int
	bytes int64
}

// shims are containerd's processes, one for each pod.
func shims() (s sum, err error) {
	folders, err := os.ReadDir("/proc")
	if err != nil {
		return s, err
	}
	for _, folder := range folders {
		pid, err := strconv.Atoi(folder.Name())
		if err != nil {
			continue
		}
		command, bytes, err := proportional(pid)
		if err == nil && strings.HasPrefix(command, "containerd-shim") {
			s.count++
			s.bytes += bytes
		}
	}
	return s, nil
}

// proportional is a process's name and its share of memory in bytes: pages that it
// shares count in parts.
func proportional(pid int) (command string, bytes int64, err error) {
	name, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid))
	if err != nil {
		return "", 0, err
	}
	// The kernel cuts names after 15 bytes.
	command = strings.TrimSpace(string(name))
	if command == "wasession-runti" {
		command = "wasession-runtime"
	}
	file, err := os.Open(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	if err != nil {
		return command, 0, err
	}
	defer func() { _ = file.Close() }()
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) == 3 && fields[0] == "Pss:" {
			kilobytes, err := strconv.ParseInt(fields[1], 10, 64)
			return command, kilobytes * 1024, err
		}
	}
	return command, 0, lines.Err()
}
