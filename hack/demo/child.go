package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"time"
)

// stopGrace is how long a child may take to exit when asked to.
const stopGrace = 15 * time.Second

// child is one of the product's commands, run by the demo.
type child struct {
	name  string
	cmd   *exec.Cmd
	log   string
	asked atomic.Bool // to exit
	over  chan struct{}
}

// launch starts a command with its output in a log file. failed is called if the
// command exits without being stopped.
func launch(logs, name string, failed func(error), path string, args ...string) (*child, error) {
	if err := os.MkdirAll(logs, 0o700); err != nil {
		return nil, err
	}
	file := filepath.Join(logs, name+".log")
	log, err := os.OpenFile(file, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	defer func() { _ = log.Close() }()
	cmd := exec.Command(path, args...)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w (is it built? try make demo)", name, err)
	}
	c := &child{name: name, cmd: cmd, log: file, over: make(chan struct{})}
	go func() {
		_ = cmd.Wait()
		close(c.over)
		if !c.asked.Load() {
			failed(fmt.Errorf("%s exited unexpectedly (%s); its last lines:\n%s", name, cmd.ProcessState, tail(file, 15)))
		}
	}()
	return c, nil
}

// stop asks the child to exit, and kills it after stopGrace.
func (c *child) stop() error {
	c.asked.Store(true)
	_ = c.cmd.Process.Signal(syscall.SIGTERM)
	timer := time.NewTimer(stopGrace)
	defer timer.Stop()
	select {
	case <-c.over:
		return nil
	case <-timer.C:
		_ = c.cmd.Process.Kill()
		<-c.over
		return fmt.Errorf("%s did not exit within %v of SIGTERM", c.name, stopGrace)
	}
}

// tail returns the end of a file, at most that many lines.
func tail(path string, lines int) string {
	content, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	all := bytes.Split(bytes.TrimRight(content, "\n"), []byte("\n"))
	return string(bytes.Join(all[max(0, len(all)-lines):], []byte("\n")))
}
