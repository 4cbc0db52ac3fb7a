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
	"os"
	"path/filepath"
	"testing"
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/egress/egresstest"
	"github.com/wasession/wasession/runtime/httpapi"
	"github.com/wasession/wasession/runtime/httpapi/auth"
	"github.com/wasession/wasession/runtime/intake"
	"github.com/wasession/wasession/runtime/linkpreview"
	"github.com/wasession/wasession/runtime/media"
	"github.com/wasession/wasession/runtime/session"
	"github.com/wasession/wasession/runtime/store"
	"github.com/wasession/wasession/runtime/whatsapp"
	"github.com/wasession/wasession/runtime/wire"
	"github.com/wasession/wasession/test/simulator"
)

const (
	key      = "end-to-end"
	name     = "sales"
	patience = 60 * time.Second
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
	// dir is the runtime's data directory, url its API.
	dir, url string
	// committed is told of changes in the store.
	committed chan struct{}
	config    v1.Config
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
	w := &world{T: t, ctx: ctx, sim: sim, committed: make(chan struct{}, 1), config: v1.Config{Session: name}}
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

// run starts the runtime, as the command does.
func (w *world) run() {
	w.Helper()
	dir, log := w.TempDir(), logger()
	w.dir = dir
	encoder := wire.Encoder{
		Raw:     func(m chat.Message) any { return whatsapp.RawMessage(m) },
		FileURL: func(m *chat.Message) string { return httpapi.FileURL(w.config, name, "", m) },
	}
	var err error
	w.store, err = store.Open(w.ctx, filepath.Join(dir, "chats.db"), store.Options{Encode: encoder.Payload, Logger: log, OnCommit: func() {
		select {
		case w.committed <- struct{}{}:
		default:
		}
	}})
	w.ok(err)
	endpoint, err := whatsapp.EndpointFromEnv(func(variable string) string {
		return map[string]string{v1.EnvEndpoint: w.sim.URL(), v1.EnvRootKey: w.sim.RootKeyHex()}[variable]
	})
	w.ok(err)
	w.session, err = session.Open(w.ctx, session.Options{
		Name: name, Dir: dir, Store: w.store, Logger: log, Version: "test", Endpoint: endpoint, Config: w.config,
		SendPatience: w.sendPatience,
	})
	w.ok(err)
	files, err := media.Open(media.Options{
		Dir: filepath.Join(dir, "media"), Session: name, Index: w.store, Fetch: w.session.Download, Log: log,
		Config: func() v1.Media { return w.config.Media },
	})
	w.ok(err)
	outgoing, err := intake.Open(intake.Options{Dir: filepath.Join(dir, "outgoing"), Egress: egresstest.Loopback(w.T).Callers()})
	w.ok(err)
	api := httpapi.New(httpapi.Options{
		Intake: outgoing, Previews: linkpreview.New(egresstest.Loopback(w.T).Callers(), whatsapp.Thumbnail), Journal: w.store, Outbox: w.store,
		Session: name, Reader: w.store, Live: w.session, Keys: auth.NewKeyring(auth.Plain(key)), Files: files, Version: "test", Log: log,
		Config: func() v1.Config { return w.config },
	})
	w.serve(api, func() error {
		files.Close()
		return errors.Join(w.session.Close(), w.store.Close())
	})
}

// serve answers HTTP until the test ends, and then closes the parts.
func (w *world) serve(api *httpapi.API, closeParts func() error) {
	w.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	w.ok(err)
	w.url = "http://" + l.Addr().String()
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { api.Run(ctx); ended <- struct{}{} }()
	go func() {
		if err := httpapi.Serve(ctx, l, api, logger()); err != nil {
			w.Errorf("serving: %v", err)
		}
		ended <- struct{}{}
	}()
	w.Cleanup(func() {
		stop()
		<-ended
		<-ended
		w.ok(closeParts())
	})
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
	resp, err := http.DefaultClient.Do(r)
	w.ok(err)
	defer resp.Body.Close()
	answer, err = io.ReadAll(resp.Body)
	w.ok(err)
	return resp.StatusCode, answer
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

// await waits until the condition holds, looking again whenever the store or
// the status changed, and every moment: history is imported silently.
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
		case <-w.committed:
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
