package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/test/simulator"
)

// binary is the command as it is shipped, built once for all tests.
var binary string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "wasession-runtime")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	binary = filepath.Join(dir, "wasession-runtime")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "building: %v\n%s", err, out)
		os.Exit(1)
	}
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

const (
	apiKey   = "test-key"
	patience = 4 * time.Minute
)

// world is a simulated WhatsApp and a data directory.
type world struct {
	t          *testing.T
	ctx        context.Context
	srv        *simulator.Server
	alice, bob *simulator.User
	dir        string
	// volume is the size in bytes of a file system of the data directory's own; 0
	// for none.
	volume int64
	// image is a file with that file system; empty for one in memory.
	image string
	// filled fills that file system before the process starts.
	filled bool
	// variables are the environment's beside those that every session needs.
	variables []string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	srv, err := simulator.New(simulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = srv.Close() })
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return &world{
		t: t, ctx: ctx, srv: srv, dir: t.TempDir(),
		alice: srv.AddUser("15550001111", "", "Alice"), bob: srv.AddUser("15550002222", "", "Bob"),
	}
}

func (w *world) env() []string {
	key := w.srv.RootKey()
	return append([]string{v1.EnvEndpoint + "=" + w.srv.URL(), v1.EnvRootKey + "=" + hex.EncodeToString(key[:]), v1.EnvAPIKey + "=" + apiKey, v1.EnvPodUID + "=" + podUID}, w.variables...)
}

// child is a running process.
type child struct {
	t    *testing.T
	w    *world
	cmd  *exec.Cmd
	url  string
	done chan struct{}

	mu  sync.Mutex
	log bytes.Buffer
	err error
}

var servingAt = regexp.MustCompile(`msg=Serving address=(\S+)`)

// start runs the command until it serves.
func (w *world) start(args ...string) *child {
	w.t.Helper()
	c := &child{t: w.t, w: w, done: make(chan struct{})}
	c.cmd = exec.Command(binary, append([]string{"--data", w.dir, "--session", "test", "--listen", "127.0.0.1:0"}, args...)...)
	c.cmd.Env = w.env()
	if w.volume > 0 || w.image != "" {
		w.mount(c.cmd)
	}
	stderr, err := c.cmd.StderrPipe()
	if err != nil {
		w.t.Fatal(err)
	}
	if err := c.cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	address := make(chan string, 1)
	go func() {
		lines := bufio.NewScanner(stderr)
		for lines.Scan() {
			c.mu.Lock()
			fmt.Fprintln(&c.log, lines.Text())
			c.mu.Unlock()
			if m := servingAt.FindStringSubmatch(lines.Text()); m != nil {
				select {
				case address <- m[1]:
				default: // it waited for room before
				}
			}
		}
		c.err = c.cmd.Wait()
		close(c.done)
	}()
	w.t.Cleanup(func() {
		c.kill()
		c.keepsNumbers()
		if w.t.Failed() {
			c.mu.Lock()
			defer c.mu.Unlock()
			w.t.Logf("the runtime's log:\n%s", c.log.String())
		}
	})
	select {
	case a := <-address:
		c.url = "http://" + a
	case <-c.done:
		w.t.Fatalf("ended at once: %v", c.err)
	case <-w.ctx.Done():
		w.t.Fatal("does not serve")
	}
	return c
}

// kill ends the process as a crash would.
func (c *child) kill() {
	_ = c.cmd.Process.Kill()
	<-c.done
}

// stop ends the process as the kubelet does.
func (c *child) stop() error {
	_ = c.cmd.Process.Signal(syscall.SIGTERM)
	return c.ended()
}

// ended waits for the end of the process and returns its error.
func (c *child) ended() error {
	select {
	case <-c.done:
		return c.err
	case <-time.After(time.Minute):
		return fmt.Errorf("still there after a minute")
	}
}

// get asks the API; the answer is decoded into out unless that is nil.
func (c *child) get(path string, out any, header ...string) int {
	c.t.Helper()
	req, err := http.NewRequestWithContext(c.w.ctx, http.MethodGet, c.url+path, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header.Set("X-Api-Key", apiKey)
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	if out != nil {
		if err := json.Unmarshal(body, out); err != nil {
			c.t.Fatalf("GET %s: %d %s", path, resp.StatusCode, body)
		}
	}
	return resp.StatusCode
}

// await waits until a condition holds.
func (c *child) await(what string, condition func() bool) {
	c.t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !condition() {
		select {
		case <-tick.C:
		case <-c.done:
			c.t.Fatalf("%s: the process ended: %v", what, c.err)
		case <-c.w.ctx.Done():
			c.t.Fatalf("%s: did not happen", what)
		}
	}
}

// working waits until the session is connected.
func (c *child) working() {
	c.t.Helper()
	c.await("WORKING", func() bool {
		var s struct{ Status string }
		c.get("/api/sessions/test", &s)
		return s.Status == "WORKING"
	})
}

// pair scans the QR code that the API gives.
func (c *child) pair() {
	c.t.Helper()
	var code struct{ Value string }
	c.await("a QR code", func() bool { return c.get("/api/test/auth/qr?format=raw", &code) == http.StatusOK && code.Value != "" })
	if _, err := c.w.alice.ScanQR(c.w.ctx, code.Value); err != nil {
		c.t.Fatal(err)
	}
	c.working()
}

// ids are the stanza ids of all stored messages.
func (c *child) ids() map[string]bool {
	c.t.Helper()
	ids := map[string]bool{}
	for id := range c.counts() {
		ids[id] = true
	}
	return ids
}

// counts are the stanza ids of all stored messages, with how often each is there.
func (c *child) counts() map[string]int {
	c.t.Helper()
	ids := map[string]int{}
	const page = 500
	for offset := 0; ; offset += page {
		var rows []struct{ ID string }
		if status := c.get(fmt.Sprintf("/api/test/chats/all/messages?limit=%d&offset=%d&downloadMedia=false", page, offset), &rows); status != http.StatusOK {
			c.t.Fatalf("messages: %d", status)
		}
		for _, r := range rows {
			ids[strings.Split(r.ID, "_")[2]]++
		}
		if len(rows) < page {
			return ids
		}
	}
}

// holds says that n messages, or more, are stored.
func (c *child) holds(n int) bool {
	c.t.Helper()
	var rows []struct{ ID string }
	c.get(fmt.Sprintf("/api/test/chats/all/messages?limit=1&offset=%d&downloadMedia=false", n-1), &rows)
	return len(rows) > 0
}

// numbers are those of the simulated accounts.
var numbers = regexp.MustCompile(`1555000[0-9]{4}`)

// keepsNumbers makes sure that the log names nobody's number, at any level but
// debug.
func (c *child) keepsNumbers() {
	c.t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	for line := range strings.Lines(c.log.String()) {
		if numbers.MatchString(line) && !strings.Contains(line, "level=DEBUG") {
			c.t.Errorf("the log holds a number: %s", line)
		}
	}
}
