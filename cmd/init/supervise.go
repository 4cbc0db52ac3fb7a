package main

import (
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
)

// notStarted is the exit code if the program cannot be started, as that of shells.
const notStarted = 127

// supervise runs a program, again after each crash that is forgiven, and returns the exit
// code of its last run.
func supervise(command []string, log *slog.Logger) (code int, err error) {
	signals := make(chan os.Signal, 16)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP, syscall.SIGQUIT, syscall.SIGUSR1, syscall.SIGUSR2)
	defer signal.Stop(signals)
	var past crashes
	var environment []string
	for {
		memory := memoryKills(groupFolder)
		state, stopped, err := runOnce(command, environment, signals)
		if err != nil {
			return notStarted, err
		}
		code := codeOf(state)
		switch {
		case stopped || !crashed(state):
			return code, nil
		case memoryKills(groupFolder) > memory:
			return code, nil // kubelet says so in the pod's status
		case !past.forgive(time.Now()):
			log.Error("Process crashed again and again", "exitCode", code, "crashes", forgiven+1, "within", window.String())
			return code, nil
		}
		log.Error("Process crashed and is started again", "exitCode", code)
		environment = []string{v1.EnvCrashedAt + "=" + time.Now().UTC().Format(time.RFC3339Nano)}
	}
}

// runOnce runs the program with some more environment variables, passes signals on to it,
// and says whether it was asked to stop. What it has started itself ends with it.
func runOnce(command, environment []string, signals <-chan os.Signal) (state *os.ProcessState, stopped bool, err error) {
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Env = append(os.Environ(), environment...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		return nil, false, err
	}
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait() // the state has its result
		close(ended)
	}()
	for {
		select {
		case s := <-signals:
			stopped = stopped || s == syscall.SIGTERM || s == syscall.SIGINT
			_ = cmd.Process.Signal(s)
		case <-ended:
			_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
			reap()
			return cmd.ProcessState, stopped, nil
		}
	}
}

// reap collects the children of processes that are gone, which the kernel gives to the
// first process.
func reap() {
	for {
		if pid, err := syscall.Wait4(-1, nil, syscall.WNOHANG, nil); pid <= 0 || err != nil {
			return
		}
	}
}
