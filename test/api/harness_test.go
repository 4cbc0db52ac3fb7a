package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/app"
	"github.com/wasession/wasession/runtime/egress"
	"github.com/wasession/wasession/runtime/session"
	"github.com/wasession/wasession/runtime/store"
	"github.com/wasession/wasession/runtime/whatsapp"
	"github.com/wasession/wasession/test/simulator"
)

const (
	key      = "end-to-end"
	name     = "sales"
	patience = 3 * time.Minute
	alicePN  = "15550001111"
	bobPN    = "15550002222"
	carolPN  = "15550003333"
	bobChat  = bobPN + "@c.us"
)

// world is a simulated WhatsApp, the account under test with two contacts, and
// a runtime that is asked over HTTP.
type world struct {
	*testing.T
	ctx               context.Context
	sim               *simulator.Server
	alice, bob, carol *simulator.User
	store             *store.Store
	session           *session.Session
	// served is closed when the runtime has ended.
	served <-chan struct{}
	// dir is the runtime's data directory, url its API.
	dir, url string
	config   v1.Config
	// keys are the API's keys; key alone where empty.
	keys app.Keys
	// sendPatience bounds a send; the runtime's own bound where 0.
	sendPatience time.Duration
}

func newWorld(t *testing.T) *world {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	sim, err := simulator.New(simulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{T: t, ctx: ctx, sim: sim, config: v1.Config{
		Session: name, Egress: v1.Egress{Allow: []string{"127.0.0.0/8", "::1/128"}},
	}}
	t.Cleanup(func() {
		if unknown := sim.Unhandled(); len(unknown) > 0 {
			t.Errorf("the simulator did not know: %v", unknown)
		}
		_ = sim.Close()
	})
	w.alice, w.bob, w.carol = sim.AddUser(alicePN, "", "Alice"), sim.AddUser(bobPN, "", "Bob"), sim.AddUser(carolPN, "", "Carol")
	return w
}

// paired is a world whose runtime is linked to Alice's phone.
func paired(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.run()
	w.scan()
	return w
}

// run starts the runtime that the command runs, on a port of its own, until the
// test ends.
func (w *world) run() {
	w.Helper()
	w.dir = w.TempDir()
	if w.keys == (app.Keys{}) {
		w.keys.Secret = key
	}
	config, err := json.Marshal(w.config)
	w.ok(err)
	file := filepath.Join(w.TempDir(), "config.json")
	w.ok(os.WriteFile(file, config, 0o600))
	endpoint, err := whatsapp.EndpointFromEnv(func(variable string) string {
		return map[string]string{v1.EnvEndpoint: w.sim.URL(), v1.EnvRootKey: w.sim.RootKeyHex()}[variable]
	})
	w.ok(err)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	w.ok(err)
	w.url = "http://" + l.Addr().String()
	a, err := app.Open(w.ctx, app.Options{
		Data: w.dir, ConfigFile: file, Keys: w.keys, Egress: egress.Options{Loopback: true}, Endpoint: endpoint,
		Address: w.url, Version: "test", Log: logger(), SendPatience: w.sendPatience,
	})
	w.ok(err)
	w.store, w.session = a.Store, a.Session
	w.ok(w.store.SaveLastListener(w.ctx, time.Now())) // tests look at events without a webhook
	w.describe(a)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	served := make(chan struct{})
	w.served = served
	go func() {
		err := a.Serve(ctx, l)
		close(served)
		ended <- err
	}()
	w.Cleanup(func() {
		stop()
		w.ok(errors.Join(<-ended, a.Close()))
	})
}

// describe notes which calls the runtime offers.
func (w *world) describe(a *app.App) {
	w.Helper()
	answer := httptest.NewRecorder()
	a.Handler().ServeHTTP(answer, httptest.NewRequestWithContext(w.ctx, http.MethodGet, "/openapi.json", nil))
	var description struct{ Paths map[string]map[string]any }
	w.ok(json.Unmarshal(answer.Body.Bytes(), &description))
	calls.offered(description.Paths)
}

// accountFile is a file of the account's folder in the data directory.
func (w *world) accountFile(name string) string {
	w.Helper()
	found, err := filepath.Glob(filepath.Join(w.dir, "accounts", "*", name))
	w.ok(err)
	if len(found) != 1 {
		w.Fatalf("%s: %v", name, found)
	}
	return found[0]
}

// scan pairs the runtime through its API with Alice's phone.
func (w *world) scan() {
	w.Helper()
	var qr struct{ Value string }
	w.await("a QR to scan", func() bool {
		status, body := w.call("GET", "/api/sales/auth/qr?format=raw", nil)
		return status == 200 && json.Unmarshal(body, &qr) == nil
	})
	_, err := w.alice.ScanQR(w.ctx, qr.Value)
	w.ok(err)
	w.await("WORKING", func() bool {
		var s struct{ Status v1.Phase }
		w.get("/api/sessions/sales", &s)
		return s.Status == v1.PhaseWorking
	})
}

func (w *world) ok(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// call sends a request; a body that is no string is sent as JSON.
func (w *world) call(method, path string, body any) (status int, answer []byte) {
	w.Helper()
	resp, answer := w.raw(method, path, body)
	return resp.StatusCode, answer
}

// raw is call with headers, by name and value, both ways. The response's body is closed.
func (w *world) raw(method, path string, body any, headers ...string) (resp *http.Response, answer []byte) {
	w.Helper()
	var content io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		content = bytes.NewBufferString(b)
	default:
		encoded, err := json.Marshal(b)
		w.ok(err)
		content = bytes.NewReader(encoded)
	}
	r, err := http.NewRequestWithContext(w.ctx, method, w.url+path, content)
	w.ok(err)
	r.Header.Set("X-Api-Key", key)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	calls.made(r)
	resp, err = http.DefaultClient.Do(r)
	w.ok(err)
	defer resp.Body.Close()
	answer, err = io.ReadAll(resp.Body)
	w.ok(err)
	return resp, answer
}

// do is a call that succeeds with the status; into takes the answer.
func (w *world) do(status int, method, path string, body, into any) {
	w.Helper()
	got, answer := w.call(method, path, body)
	if got != status {
		w.Fatalf("%s %s: %d %s, want %d", method, path, got, answer, status)
	}
	if into != nil {
		if err := json.Unmarshal(answer, into); err != nil {
			w.Fatalf("%s %s: %v: %s", method, path, err, answer)
		}
	}
}

func (w *world) get(path string, into any) {
	w.Helper()
	w.do(http.StatusOK, "GET", path, nil, into)
}

// await waits until the condition holds, looking again whenever the status
// changed, and every moment.
func (w *world) await(what string, condition func() bool) {
	w.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		changed := w.session.Watch()
		if condition() {
			return
		}
		select {
		case <-changed:
		case <-tick.C:
		case <-w.ctx.Done():
			w.Fatalf("%s: did not happen; status %+v", what, w.session.Status())
		}
	}
}

func logger() *slog.Logger {
	if os.Getenv("APITEST_LOG") == "" {
		return slog.New(slog.DiscardHandler)
	}
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug}))
}
