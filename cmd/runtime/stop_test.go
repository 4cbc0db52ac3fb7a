package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// Whenever it is told to end, from its first steps on, it ends well: what exits
// otherwise is taken for broken, and alarms.
func TestEndedAtAnyEarlyMomentItExitsWell(t *testing.T) {
	w := newWorld(t)
	for _, start := range []struct {
		name    string
		step    time.Duration
		prepare func()
		moments int
	}{
		{name: "first start", step: 2 * time.Millisecond, moments: 25},
		{name: "paired", step: time.Millisecond, moments: 25, prepare: func() {
			c := w.start()
			c.pair()
			if err := c.stop(); err != nil {
				t.Fatal(err)
			}
		}},
	} {
		if start.prepare != nil {
			start.prepare()
		}
		for i := range start.moments {
			data := w.dir
			if start.prepare == nil {
				data = filepath.Join(t.TempDir(), "data")
			}
			after := time.Duration(i) * start.step
			if out, err := w.endAfter(data, after); err != nil {
				t.Errorf("%s, ended %s after it began to open %s: %v\n%s", start.name, after, data, err, out)
			}
		}
	}
}

// endAfter starts the command and ends it a while after it has locked the data
// directory: until then it may still be loading, when a signal simply kills.
func (w *world) endAfter(data string, after time.Duration) (out []byte, err error) {
	lock := filepath.Join(data, "lock")
	_ = os.Remove(lock)
	var said bytes.Buffer
	cmd := exec.Command(binary, "--data", data, "--session", "test", "--listen", "127.0.0.1:0")
	cmd.Env = w.env()
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	tick := time.NewTicker(100 * time.Microsecond)
	defer tick.Stop()
	for begun := false; !begun; {
		select {
		case <-tick.C:
			_, err := os.Stat(lock)
			begun = err == nil
		case err := <-ended:
			return said.Bytes(), err
		case <-w.ctx.Done():
			_ = cmd.Process.Kill()
			return said.Bytes(), w.ctx.Err()
		}
	}
	<-time.After(after)
	_ = cmd.Process.Signal(syscall.SIGTERM)
	select {
	case err = <-ended:
	case <-w.ctx.Done():
		_ = cmd.Process.Kill()
		err = w.ctx.Err()
	}
	return said.Bytes(), err
}
