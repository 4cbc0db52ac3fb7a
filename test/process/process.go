// Package process runs the programs that the demo and the tests are made of, each
// with its output in a log file.
package process

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

// stopGrace is how long a process may take to exit when asked to.
const stopGrace = 15 * time.Second

// Process is a running program. Its owner calls Stop or Kill.
type Process struct {
	name  string
	cmd   *exec.Cmd
	log   string
	asked atomic.Bool // to exit
	over  chan struct{}
}

// Start starts a program, and appends its output to the file NAME.log in the folder
// logs. failed is called if it exits without being asked to.
func Start(logs, name string, failed func(error), path string, args ...string) (*Process, error) {
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
		return nil, fmt.Errorf("start %s: %w (is it built?)", name, err)
	}
	p := &Process{name: name, cmd: cmd, log: file, over: make(chan struct{})}
	go func() {
		_ = cmd.Wait()
		close(p.over)
		if !p.asked.Load() {
			failed(fmt.Errorf("%s exited unexpectedly (%s); its last lines:\n%s", name, cmd.ProcessState, Tail(file, 15)))
		}
	}()
	return p, nil
}

// Stop asks the process to exit, and kills it after stopGrace, which is an error.
func (p *Process) Stop() error {
	p.asked.Store(true)
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	timer := time.NewTimer(stopGrace)
	defer timer.Stop()
	select {
	case <-p.over:
		return nil
	case <-timer.C:
		p.Kill()
		return fmt.Errorf("%s did not exit within %v of SIGTERM", p.name, stopGrace)
	}
}

// Kill ends the process at once.
func (p *Process) Kill() {
	p.asked.Store(true)
	_ = p.cmd.Process.Kill()
	<-p.over
}

// Tail returns the end of a file, at most that many lines.
func Tail(path string, lines int) string {
	content, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	all := bytes.Split(bytes.TrimRight(content, "\n"), []byte("\n"))
	return string(bytes.Join(all[max(0, len(all)-lines):], []byte("\n")))
}
