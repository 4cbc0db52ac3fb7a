package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/wasession/wasession/test/realnode"
)

// keepLogs copies the logs of the node's programs and of its pods to where they stay.
func (l *lab) keepLogs() error {
	target := l.options.logs
	if err := os.RemoveAll(target); err != nil {
		return err
	}
	if err := os.MkdirAll(target, 0o755); err != nil {
		return err
	}
	for _, of := range []string{"", realnode.SecondName} {
		if err := copyLogs(filepath.Join(target, of), filepath.Join(realnode.Logs(), of)); err != nil {
			return err
		}
	}
	if l.cluster != nil {
		state, err := l.kubectl(context.Background(), "get", "pods,whatsappsessions,events", "--all-namespaces", "-o", "wide", "--request-timeout=10s")
		if err != nil {
			state = err.Error()
		}
		if err := os.WriteFile(filepath.Join(target, "state.txt"), []byte(state), 0o644); err != nil {
			return err
		}
	}
	fmt.Fprintln(os.Stderr, "e2e: the logs are in", target)
	return nil
}

// copyLogs copies the logs of a node's programs and pods, if there is such a node.
func copyLogs(target, folder string) error {
	logs, err := filepath.Glob(filepath.Join(folder, "*.log"))
	if err != nil || len(logs) == 0 {
		return err
	}
	if err := os.MkdirAll(target, 0o755); err != nil {
		return err
	}
	for _, log := range logs {
		content, err := os.ReadFile(log)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(target, filepath.Base(log)), content, 0o644); err != nil {
			return err
		}
	}
	pods := filepath.Join(folder, "pods")
	if _, err := os.Stat(pods); errors.Is(err, fs.ErrNotExist) {
		return nil // no pod has run there
	}
	return os.CopyFS(filepath.Join(target, "pods"), os.DirFS(pods))
}
