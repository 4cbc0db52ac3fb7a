package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/egress"
	"github.com/wasession/wasession/runtime/whatsapp"
	"github.com/wasession/wasession/test/simulator"
)

const (
	patience = 4 * time.Minute
	secret   = "test-key"
)

// notebook is a log that can be looked at.
type notebook struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (n *notebook) Write(p []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.text.Write(p)
}

func (n *notebook) count(s string) int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return bytes.Count(n.text.Bytes(), []byte(s))
}

// world is a simulated WhatsApp, a data directory and what an App runs on.
type world struct {
	t          *testing.T
	ctx        context.Context
	srv        *simulator.Server
	alice, bob *simulator.User
	log        *notebook
	opts       Options
	url        string
}

func newWorld(t *testing.T, config v1.Config) *world {
	t.Helper()
	srv, err := simulator.New(simulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = srv.Close() })
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	endpoint, err := whatsapp.EndpointFromEnv(func(name string) string {
		return map[string]string{v1.EnvEndpoint: srv.URL(), v1.EnvRootKey: srv.RootKeyHex()}[name]
	})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, ctx: ctx, srv: srv, log: &notebook{}, alice: srv.AddUser("15550001111", "", "Alice"), bob: srv.AddUser("15550002222", "", "Bob")}
	level := new(slog.LevelVar)
	w.opts = Options{
		Data: t.TempDir(), ConfigFile: filepath.Join(t.TempDir(), "config.json"), Keys: Keys{Secret: secret}, Egress: egress.Options{Loopback: true},
		Endpoint: endpoint, Version: "test", Level: level, Log: slog.New(slog.NewTextHandler(w.log, &slog.HandlerOptions{Level: level})), Began: time.Now(),
	}
	if config.Session == "" {
		config.Session = "test"
	}
	w.configure(config)
	return w
}

// configure replaces the configuration as a mount does.
func (w *world) configure(config v1.Config) (hash string) {
	w.t.Helper()
	raw, err := json.Marshal(config)
	if err != nil {
		w.t.Fatal(err)
	}
	w.write(w.opts.ConfigFile, string(raw))
	return v1.ConfigHash(raw)
}

// write replaces a file in one step.
func (w *world) write(path, content string) {
	w.t.Helper()
	fresh := filepath.Join(w.t.TempDir(), "fresh")
	if err := os.WriteFile(fresh, []byte(content), 0o600); err != nil {
		w.t.Fatal(err)
	}
	if err := os.Rename(fresh, path); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) listen() net.Listener {
	w.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = l.Close() })
	w.url = "http://" + l.Addr().String()
	w.opts.Address = w.url
	return l
}

// open opens an App and serves it until the test ends.
func (w *world) open() *App {
	w.t.Helper()
	l := w.listen()
	a, err := Open(w.ctx, w.opts)
	if err != nil {
		w.t.Fatal(err)
	}
	ctx, stop := context.WithCancel(w.ctx)
	ended := make(chan error, 1)
	go func() { ended <- a.Serve(ctx, l) }()
	w.t.Cleanup(func() {
		stop()
		if err := errors.Join(<-ended, a.Close()); err != nil {
			w.t.Errorf("closing: %v", err)
		}
	})
	return a
}

// run runs a session in this process until stop is called, which returns what it
// ended with.
func (w *world) run() (stop func() error) {
	l := w.listen()
	ctx, cancel := context.WithCancel(w.ctx)
	ended := make(chan error, 1)
	go func() { ended <- Run(ctx, w.opts, l) }()
	var once sync.Once
	var err error
	stop = func() error {
		once.Do(func() { cancel(); err = <-ended })
		return err
	}
	w.t.Cleanup(func() { _ = stop() })
	return stop
}

// await waits until a condition holds.
func (w *world) await(what string, condition func() bool) {
	w.t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !condition() {
		select {
		case <-tick.C:
		case <-w.ctx.Done():
			w.t.Fatalf("%s: did not happen; the log:\n%s", what, w.log.text.String())
		}
	}
}

// call asks the API. The status is 0 while nothing serves.
func (w *world) call(method, path, key string, out any) int {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.ctx, method, w.url+path, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header.Set("X-Api-Key", key)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0
	}
	if out != nil && resp.StatusCode < 300 {
		if err := json.Unmarshal(body, out); err != nil {
			w.t.Fatalf("%s %s: %s", method, path, body)
		}
	}
	return resp.StatusCode
}

func (w *world) get(path string, out any) int {
	w.t.Helper()
	return w.call(http.MethodGet, path, secret, out)
}

// phase waits for a phase, as the API tells it.
func (w *world) phase(want v1.Phase) {
	w.t.Helper()
	w.await("phase "+string(want), func() bool {
		var s struct{ Status v1.Phase }
		w.get("/api/sessions/test", &s)
		return s.Status == want
	})
}

// pair links a phone by the QR code of the API.
func (w *world) pair(user *simulator.User) {
	w.t.Helper()
	var code struct{ Value string }
	w.await("a QR code", func() bool {
		return w.get("/api/test/auth/qr?format=raw", &code) == http.StatusOK && code.Value != ""
	})
	if _, err := user.ScanQR(w.ctx, code.Value); err != nil {
		w.t.Fatal(err)
	}
	w.phase(v1.PhaseWorking)
}
