package localnode

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/wasession/wasession/test/localnode/sandbox"
)

// process is one run of a container.
type process struct {
	cmd *exec.Cmd
}

// startProcess runs spec with its output appended to logFile. ended is called
// once, from another goroutine, with the exit code when the process has ended.
func startProcess(spec sandbox.Spec, logFile string, ended func(exitCode int)) (*process, error) {
	if err := os.MkdirAll(filepath.Dir(logFile), 0o755); err != nil {
		return nil, err
	}
	log, err := os.OpenFile(logFile, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	defer func() { _ = log.Close() }() // the process has its own descriptor
	cmd, err := sandbox.Command(spec)
	if err != nil {
		return nil, err
	}
	cmd.Stdout, cmd.Stderr = log, log
	// A process that never reads its spec must not block Wait.
	cmd.WaitDelay = time.Second
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", spec.Args[0], err)
	}
	go func() {
		_ = cmd.Wait()
		ended(exitCode(cmd.ProcessState))
	}()
	return &process{cmd: cmd}, nil
}

// terminate asks the process to exit; kill kills it.
func (p *process) terminate() { p.signal(syscall.SIGTERM) }
func (p *process) kill()      { p.signal(syscall.SIGKILL) }

func (p *process) signal(signal os.Signal) {
	// A process that has just exited is not an error: the worker is about to be
	// notified.
	if err := p.cmd.Process.Signal(signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
		_ = p.cmd.Process.Kill()
	}
}

// exitCode returns the process's exit code, or 128 plus the signal that ended
// it.
func exitCode(state *os.ProcessState) int {
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal())
	}
	return state.ExitCode()
}
