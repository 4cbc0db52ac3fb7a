package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/wasession/wasession/test/perf/figures"
)

// child is a process that this one started.
type child struct {
	cmd     *exec.Cmd
	input   io.WriteCloser
	started time.Time
	done    chan struct{}
	verbose bool

	mu    sync.Mutex
	tail  []string        // of its output
	lines chan<- string   // receives lines while somebody wants them
	used  *syscall.Rusage // set when it has ended
	err   error           // how it ended
}

// spawn starts a program and reads its output line by line. The program is
// killed when this process dies.
func (l *lab) spawn(lines chan<- string, env []string, program string, args ...string) (*child, error) {
	c := &child{done: make(chan struct{}), verbose: l.verbose, lines: lines, cmd: exec.Command(program, args...)}
	c.cmd.Env = append(append(l.env(), "PATH="+os.Getenv("PATH")), env...)
	c.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	input, err := c.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	c.input = input
	output, write, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer write.Close()
	c.cmd.Stdout, c.cmd.Stderr = write, write
	c.started = time.Now()
	if err := c.cmd.Start(); err != nil {
		return nil, errors.Join(err, output.Close())
	}
	l.own(c)
	go c.read(output)
	return c, nil
}

// read reads the output until the process ends.
func (c *child) read(output io.ReadCloser) {
	defer close(c.done)
	defer output.Close()
	scanner := bufio.NewScanner(output)
	for scanner.Scan() {
		line := scanner.Text()
		if c.verbose {
			fmt.Fprintln(os.Stderr, "  ", line)
		}
		c.mu.Lock()
		c.tail = append(c.tail, line)
		c.tail = c.tail[max(0, len(c.tail)-20):]
		lines := c.lines
		c.mu.Unlock()
		if lines != nil {
			lines <- line
		}
	}
	err := c.cmd.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.err = err
	c.used, _ = c.cmd.ProcessState.SysUsage().(*syscall.Rusage)
}

// line waits for a line of output that find accepts; find gets all lines.
func (c *child) line(ctx context.Context, lines <-chan string, find func(string) bool) error {
	for {
		select {
		case line := <-lines:
			if find(line) {
				return nil
			}
		case <-c.done:
			return fmt.Errorf("the process ended: %s", c.lastWords())
		case <-ctx.Done():
			return fmt.Errorf("%w; the last lines are:\n%s", ctx.Err(), c.lastWords())
		}
	}
}

// ignore stops passing on lines.
func (c *child) ignore(lines <-chan string) {
	c.mu.Lock()
	c.lines = nil
	c.mu.Unlock()
	for {
		select {
		case <-lines:
		default:
			return
		}
	}
}

func (c *child) lastWords() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return strings.Join(c.tail, "\n")
}

// time returns the processor time used until now.
func (c *child) time() time.Duration {
	c.mu.Lock()
	used := c.used
	c.mu.Unlock()
	if used != nil {
		return time.Duration(used.Utime.Nano() + used.Stime.Nano())
	}
	return figures.ProcessTime(c.cmd.Process.Pid)
}

func (c *child) memory() (figures.Memory, error) { return figures.MemoryOf(c.cmd.Process.Pid) }

// stop shuts the process down cleanly.
func (c *child) stop() error {
	const grace = 30 * time.Second
	_ = c.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-c.done:
	case <-time.After(grace):
		_ = c.cmd.Process.Kill()
		<-c.done
		return fmt.Errorf("%s did not stop within %s", c.cmd.Path, grace)
	}
	c.mu.Lock()
	err := c.err
	c.mu.Unlock()
	if err != nil {
		return fmt.Errorf("%w: %s", err, c.lastWords())
	}
	return nil
}
