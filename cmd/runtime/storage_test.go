package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/volume"
	"github.com/wasession/wasession/test/simulator/history"
)

// mount has a command run in a mount namespace of its own, with a file system of
// the world's size or image as its data directory.
func (w *world) mount(cmd *exec.Cmd) {
	script := fmt.Sprintf(`mount -t tmpfs -o size=%d,mode=0700 tmpfs "$0" && exec "$@"`, w.volume)
	if w.image != "" {
		script = fmt.Sprintf(`mount -o loop '%s' "$0" && exec "$@"`, w.image)
	}
	if w.filled {
		script = strings.Replace(script, "&&", `&& { head -c 1G /dev/zero >"$0/ballast" 2>/dev/null; true; } &&`, 1)
	}
	cmd.Args = append([]string{"sh", "-c", script, w.dir, binary}, cmd.Args[1:]...)
	cmd.Path = "/bin/sh"
	cmd.SysProcAttr = &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS}
	if os.Getuid() != 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{
			Cloneflags:  syscall.CLONE_NEWNS | syscall.CLONE_NEWUSER,
			UidMappings: []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}},
			GidMappings: []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}},
		}
	}
}

// inside is a path of the data directory as a mounted child sees it.
func (c *child) inside(name string) string {
	return filepath.Join(fmt.Sprintf("/proc/%d/root", c.cmd.Process.Pid), c.w.dir, name)
}

// full says that the session waits for room.
func (c *child) full() bool {
	c.t.Helper()
	req, err := http.NewRequestWithContext(c.w.ctx, http.MethodGet, c.url+"/metrics", nil)
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header.Set("X-Api-Key", apiKey)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	metrics, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return bytes.Contains(metrics, []byte(`reason="`+v1.ReasonStorageFull+`"`))
}

// TestAContactFillsTheVolume has a contact send until the volume is full: the
// session disconnects and serves on, and once there is room everything that was
// sent is there, once.
func TestAContactFillsTheVolume(t *testing.T) {
	const mib = 1 << 20
	t.Parallel()
	w := newWorld(t)
	w.volume = 48 * mib
	c := w.start()
	c.pair()
	if err := os.WriteFile(c.inside("ballast"), make([]byte, 20*mib), 0o600); err != nil {
		t.Fatal(err)
	}
	companion := w.alice.Companion()
	text := strings.Repeat("hostile ", 8<<10)
	var sent []string
	for !c.full() {
		for range 8 {
			id, err := w.bob.SendText(w.ctx, w.alice, text)
			if err != nil {
				t.Fatal(err)
			}
			sent = append(sent, id)
		}
		if len(sent) > 2000 {
			t.Fatal("the volume does not get full")
		}
	}
	// Asked in this order: the session may make room by itself and continue.
	acked := companion.Acked()
	stored := c.ids()
	for _, id := range acked {
		if slices.Contains(sent, id) && !stored[id] {
			t.Errorf("%s was acknowledged and is not there", id)
		}
	}
	t.Logf("%d messages of 64 KiB sent, %d acknowledged when it was full", len(sent), len(acked))
	if err := os.Remove(c.inside("ballast")); err != nil {
		t.Fatal(err)
	}
	c.working()
	if err := companion.WaitAcked(w.ctx, sent...); err != nil {
		t.Fatal(err)
	}
	for id, n := range c.counts() {
		if n != 1 {
			t.Errorf("%s is there %d times", id, n)
		}
	}
	stored = c.ids()
	for _, id := range sent {
		if !stored[id] {
			t.Errorf("%s is missing", id)
		}
	}
}

// TestItStartsOnAFullVolume starts with no free byte at all: it lives, says what
// is wrong, and begins when there is room.
func TestItStartsOnAFullVolume(t *testing.T) {
	w := newWorld(t)
	w.volume, w.filled = 48<<20, true
	c := w.start()
	if status := c.get("/ping", nil); status != http.StatusOK {
		t.Errorf("/ping answers %d", status)
	}
	var said struct{ Message string }
	if status := c.get("/api/sessions/test", &said); status != http.StatusServiceUnavailable || !strings.Contains(said.Message, "full") {
		t.Errorf("the session answers %d %q", status, said.Message)
	}
	if err := os.Remove(c.inside("ballast")); err != nil {
		t.Fatal(err)
	}
	c.pair()
	if err := c.stop(); err != nil {
		t.Error(err)
	}
}

// TestHistoryLeavesWhatIsHeldBack imports more than there is room for: the part
// of the volume that is held back stays free, and the import ends once there is
// room.
func TestHistoryLeavesWhatIsHeldBack(t *testing.T) {
	const mib, messages = 1 << 20, 60_000
	t.Parallel()
	w := newWorld(t)
	w.volume = 72 * mib
	account := history.NewAccount(history.Spec{
		Seed: 7, Chats: 200, Messages: messages, Chunks: 12, Now: time.Now(), Span: 100 * 24 * time.Hour,
		OwnPN: w.alice.PN(), OwnLID: w.alice.LID(),
	})
	if err := w.alice.Populate(w.ctx, account); err != nil {
		t.Fatal(err)
	}
	c := w.start()
	if err := os.WriteFile(c.inside("ballast"), make([]byte, 44*mib), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := c.scan(w.alice); err != nil {
		t.Fatal(err)
	}
	least := w.volume
	look := func() {
		room, err := volume.Read(c.inside("."))
		if err != nil {
			t.Fatal(err)
		}
		least = min(least, room.Free)
	}
	c.await("the history to wait", func() bool {
		look()
		c.mu.Lock()
		defer c.mu.Unlock()
		return bytes.Contains(c.log.Bytes(), []byte("The history import waits for"))
	})
	look()
	t.Logf("at least %d KiB were free", least>>10)
	if least < 4*mib {
		t.Errorf("only %d KiB were left", least>>10)
	}
	if c.holds(messages) {
		t.Error("the history fits: the test proves nothing")
	}
	if err := os.Remove(c.inside("ballast")); err != nil {
		t.Fatal(err)
	}
	c.await("the whole history", func() bool { return c.holds(messages) })
	if c.holds(messages + 1) {
		t.Error("there are more messages than the phone sent")
	}
}
