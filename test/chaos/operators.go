package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// replicas is how many operators there are. One leads, the others stand by.
const replicas = 2

// operators are the replicas of the shipped operator. One that ends is started
// again, as its Deployment would.
type operators struct {
	binary, kubeconfig, dir string
	running                 [replicas]*replica
	lostLease, lateStarts   int
}

// replica is one process.
type replica struct {
	command *exec.Cmd
	log     string // path
	started time.Time
	ended   chan error
}

// wait returns once the process has ended.
func (r *replica) wait() error { return <-r.ended }

func startOperators(binary, kubeconfig, dir string) (*operators, error) {
	o := &operators{binary: binary, kubeconfig: kubeconfig, dir: dir}
	for i := range o.running {
		if err := o.start(i); err != nil {
			o.stop()
			return nil, err
		}
	}
	return o, nil
}

func (o *operators) start(i int) error {
	path := filepath.Join(o.dir, fmt.Sprintf("operator-%d.log", i))
	log, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close() // the process has its own
	command := exec.Command(o.binary, "--kubeconfig", o.kubeconfig, "--runtime-image", "example.com/wasession:chaos",
		"--leader-elect", "--leader-election-namespace", namespace,
		"--metrics-bind-address", "0", "--health-probe-bind-address", "0",
		"--max-concurrent-rollouts", "20", "--rollouts-per-minute", "1200")
	command.Stderr = log
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := command.Start(); err != nil {
		return fmt.Errorf("starting an operator: %w", err)
	}
	r := &replica{command: command, log: path, started: time.Now(), ended: make(chan error, 1)}
	go func() { r.ended <- command.Wait() }()
	o.running[i] = r
	return nil
}

// replace ends a replica by a signal and starts another in its place.
func (o *operators) replace(i int, signal syscall.Signal) error {
	r := o.running[i]
	_ = r.command.Process.Signal(signal)
	_ = r.wait()
	return o.start(i)
}

// startTime is how long an operator may take to start. It needs the API server
// for that, and ends if it cannot reach it.
const startTime = 30 * time.Second

// check starts replicas again that have lost their lease, which ends an operator
// in order, and those that could not start in the trouble that was on last at
// the given time. An operator that ends for any other reason is an error.
func (o *operators) check(troubled time.Time) error {
	for i, r := range o.running {
		select {
		case err := <-r.ended:
			text, readErr := os.ReadFile(r.log)
			if readErr != nil {
				return errors.Join(err, readErr)
			}
			tail := text[max(0, len(text)-4000):]
			switch {
			case bytes.Contains(tail[bytes.LastIndexByte(bytes.TrimSpace(tail), '\n')+1:], []byte("leader election lost")):
				o.lostLease++
			case time.Since(r.started) < startTime && troubled.After(r.started):
				o.lateStarts++
			default:
				return fmt.Errorf("an operator has ended by itself (%w): %s", err, tail)
			}
			if err := o.start(i); err != nil {
				return err
			}
		default:
		}
	}
	return nil
}

func (o *operators) stop() {
	for _, r := range o.running {
		if r != nil {
			_ = r.command.Process.Kill()
			_ = r.wait()
		}
	}
}
