package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/wasession/wasession/test/perf/figures"
	"github.com/wasession/wasession/test/simulator"
	"github.com/wasession/wasession/test/simulator/history"
)

// options are the settings of the lab.
type options struct {
	runtime, bare string // the binaries
	verbose       bool   // show the output of the processes
}

// lab is a simulated WhatsApp and the processes and accounts that use it. The
// simulator runs in this process, each runtime in its own.
type lab struct {
	options
	dir     string
	srv     *simulator.Server
	figures []figures.Figure
	// begin is the state of the machine when the section began.
	begin    figures.Ticks
	beginOwn time.Duration
	// accounts have already been imported, by name.
	accounts map[string]*account
	numbers  int // how many accounts were added

	mu       sync.Mutex
	children []*child
}

func newLab(opts options) (*lab, error) {
	dir, err := os.MkdirTemp("", "wasession-perf-")
	if err != nil {
		return nil, err
	}
	l := &lab{options: opts, dir: dir, accounts: map[string]*account{}}
	media, err := l.folder("media")
	if err == nil {
		l.srv, err = simulator.New(simulator.Options{MediaDir: media})
	}
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return l, nil
}

// close stops all processes and removes all files.
func (l *lab) close() {
	l.mu.Lock()
	children := l.children
	l.mu.Unlock()
	for _, c := range children {
		_ = c.cmd.Process.Kill()
		<-c.done
	}
	_ = l.srv.Close()
	_ = os.RemoveAll(l.dir)
}

// folder creates a folder that close removes.
func (l *lab) folder(name string) (string, error) {
	path := filepath.Join(l.dir, name)
	return path, os.MkdirAll(path, 0o700)
}

func (l *lab) env() []string {
	return []string{"WHATSAPP_ENDPOINT=" + l.srv.URL(), "WHATSAPP_ROOT_KEY=" + l.srv.RootKeyHex()}
}

// own registers a process for close to stop.
func (l *lab) own(c *child) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.children = append(l.children, c)
}

// ownTime returns the processor time of this process and of all it started.
func ownTime(l *lab) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	sum := figures.SelfTime()
	for _, c := range l.children {
		sum += c.time()
	}
	return sum
}

// section begins a section.
func (l *lab) section() { l.begin, l.beginOwn = figures.MachineTime(), ownTime(l) }

// sinceSection returns the load of the machine since the section began.
func (l *lab) sinceSection() figures.Load {
	return figures.MachineTime().Since(l.begin, ownTime(l)-l.beginOwn)
}

// report adds a figure.
func (l *lab) report(f figures.Figure) { l.figures = append(l.figures, f) }

// account is an account whose history a runtime has imported.
type account struct {
	user *simulator.User
	// dir is the data directory; no process has it open.
	dir string
	importing
}

// user adds an account to the simulator.
func (l *lab) user(name string) *simulator.User {
	l.numbers++
	return l.srv.AddUser(fmt.Sprint(15550001000+l.numbers), "", name)
}

// users adds n accounts.
func (l *lab) users(n int, name string) []*simulator.User {
	users := make([]*simulator.User, n)
	for i := range users {
		users[i] = l.user(fmt.Sprint(name, " ", i))
	}
	return users
}

// await polls a condition of another process.
func await(ctx context.Context, condition func() (bool, error)) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		if ok, err := condition(); ok || err != nil {
			return err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// specs are the histories of the accounts that sections share.
var specs = map[string]func(now time.Time) history.Spec{
	"large": history.LargeSpec,
	"small": func(now time.Time) history.Spec {
		spec := history.LargeSpec(now)
		spec.Chats, spec.Messages, spec.Chunks = 100, 10_000, 2
		return spec
	},
}
