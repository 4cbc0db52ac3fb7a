package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/wasession/wasession/test/simulator/history"
)

// idleLimit is what a paired session with its history may hold in memory, in
// KiB: a pod has to fit in 40 MB.
const idleLimit = 40 << 10

func TestIdleSessionIsSmall(t *testing.T) {
	w := newWorld(t)
	spec := history.DemoSpec(time.Now())
	spec.OwnPN, spec.OwnLID = w.alice.PN(), w.alice.LID()
	if err := w.alice.Populate(w.ctx, history.NewAccount(spec)); err != nil {
		t.Fatal(err)
	}
	c := w.start()
	c.pair()
	c.await("the history", func() bool { return c.holds(spec.Messages) && len(c.ids()) == spec.Messages })
	fresh := c.memory()
	if err := c.stop(); err != nil {
		t.Fatal(err)
	}
	c = w.start()
	c.working()
	var settled string
	c.await("a settled process", func() bool {
		settled = c.memory()["VmRSS"]
		return kib(t, settled) < idleLimit
	})
	t.Logf("resident after the import %s (peak %s), after a restart %s (%s of it anonymous)",
		fresh["VmRSS"], fresh["VmHWM"], settled, c.memory()["RssAnon"])
	if used := kib(t, fresh["VmRSS"]); used > idleLimit*2 {
		t.Errorf("%d KiB after the import", used)
	}
}

// memory reads the kernel's figures of the process.
func (c *child) memory() map[string]string {
	c.t.Helper()
	f, err := os.Open(fmt.Sprintf("/proc/%d/status", c.cmd.Process.Pid))
	if err != nil {
		c.t.Fatal(err)
	}
	defer f.Close()
	figures := map[string]string{}
	for lines := bufio.NewScanner(f); lines.Scan(); {
		name, value, _ := strings.Cut(lines.Text(), ":")
		figures[name] = strings.TrimSpace(value)
	}
	return figures
}

func kib(t *testing.T, figure string) (n int) {
	t.Helper()
	if _, err := fmt.Sscanf(figure, "%d kB", &n); err != nil {
		t.Fatalf("%q is no size", figure)
	}
	return n
}
