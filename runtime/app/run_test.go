package app

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/whatsapp"
)

func TestStartsThatFail(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	damaged := t.TempDir()
	if err := os.WriteFile(filepath.Join(damaged, "device.db"), []byte("this is no database, it is a text"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		change func(*Options)
		want   string
	}{
		"no key":                       {func(o *Options) { o.Keys = Keys{} }, "an API key is required"},
		"a file as the data directory": {func(o *Options) { o.Data = file }, "create the data directory: "},
		"no configuration":             {func(o *Options) { o.ConfigFile = "/nowhere/config.json" }, "configuration cannot be read"},
		"a damaged database":           {func(o *Options) { o.Data = damaged }, "device.db cannot be opened: restore it from a backup, or delete it to pair again"},
		"a name that is none":          {func(o *Options) { o.ConfigFile, o.Session = "", "a b" }, "session must consist of letters"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, v1.Config{})
			c.change(&w.opts)
			err := Run(w.ctx, w.opts, w.listen())
			if err == nil || !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("%v, want %s…", err, c.want)
			}
		})
	}
}

func TestADirectoryIsOneRuntimes(t *testing.T) {
	w := newWorld(t, v1.Config{})
	stop := w.run()
	w.await("the first", func() bool { return w.get("/ping", nil) == http.StatusOK })
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if err := Run(w.ctx, w.opts, l); err == nil || !strings.Contains(err.Error(), "another runtime") {
		t.Errorf("the second: %v", err)
	}
	if code := w.get("/ping", nil); code != http.StatusOK {
		t.Errorf("the first answers %d", code)
	}
	if err := stop(); err != nil {
		t.Errorf("stopping: %v", err)
	}
	// Then it is free for the next.
	again := w.run()
	w.await("the next", func() bool { return w.get("/ping", nil) == http.StatusOK })
	if err := again(); err != nil {
		t.Errorf("stopping: %v", err)
	}
}

// The port of the metrics needs no key, and serves nothing that does.
func TestMetricsOnAPortOfTheirOwn(t *testing.T) {
	w := newWorld(t, v1.Config{})
	var err error
	if w.opts.Metrics, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	defer w.opts.Metrics.Close()
	stop := w.run()
	w.await("the runtime", func() bool { return w.get("/ping", nil) == http.StatusOK })
	ask := func(path string) (int, string) {
		t.Helper()
		response, err := http.Get("http://" + w.opts.Metrics.Addr().String() + path)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		return response.StatusCode, string(body)
	}
	if code, body := ask(v1.MetricsPath); code != http.StatusOK || !strings.Contains(body, `wasession_chats{state="unread"} 0`) || !strings.Contains(body, `wasession_messages_total{direction="in"} 0`) {
		t.Errorf("the metrics are %d %.200s", code, body)
	}
	for _, path := range []string{"/", "/ping", "/api/sessions", v1.StatusPath} {
		if code, _ := ask(path); code != http.StatusNotFound {
			t.Errorf("%s is answered with %d", path, code)
		}
	}
	if err := stop(); err != nil {
		t.Errorf("stopping: %v", err)
	}
}

// Whenever it is stopped, it ends in order, and the next start works.
func TestStoppedAtAnyMoment(t *testing.T) {
	w := newWorld(t, v1.Config{})
	ended, cancel := context.WithCancel(w.ctx)
	cancel()
	if err := Run(ended, w.opts, w.listen()); err != nil {
		t.Errorf("stopped before it starts: %v", err)
	}
	for _, after := range []time.Duration{0, time.Millisecond, 5 * time.Millisecond, 20 * time.Millisecond, 80 * time.Millisecond} {
		ctx, stop := context.WithTimeout(w.ctx, after)
		if err := Run(ctx, w.opts, w.listen()); err != nil {
			t.Errorf("stopped after %s: %v", after, err)
		}
		stop()
	}
	stop := w.run()
	w.phase(v1.PhaseScanQRCode)
	if err := stop(); err != nil {
		t.Error(err)
	}
}

// Another number gets a folder of its own without a restart of the process, and
// the socket stays open meanwhile.
func TestTheAccountChangesWhileItRuns(t *testing.T) {
	for _, policy := range []v1.OtherAccounts{v1.KeepOtherAccounts, v1.DeleteOtherAccounts} {
		t.Run(string(policy), func(t *testing.T) {
			w := newWorld(t, v1.Config{OtherAccounts: policy})
			stop := w.run()
			w.pair(w.alice)
			id, err := w.bob.SendText(w.ctx, w.alice, "for Alice")
			if err != nil {
				t.Fatal(err)
			}
			path := "/api/test/chats/15550002222@c.us/messages/" + id
			w.await("her message", func() bool { return w.get(path, nil) == http.StatusOK })
			if code := w.call(http.MethodPost, "/api/sessions/test/logout", secret, nil); code >= 300 {
				t.Fatalf("logout: %d", code)
			}
			w.phase(v1.PhaseScanQRCode)
			if code := w.get(path, nil); code != http.StatusOK {
				t.Errorf("her chats while nobody is linked: %d", code)
			}
			carol := w.srv.AddUser("15550003333", "", "Carol")
			w.pair(carol)
			w.await("the change", func() bool { return w.log.count("msg=Serving") == 2 })
			w.phase(v1.PhaseWorking)
			if code := w.get(path, nil); code != http.StatusNotFound {
				t.Errorf("Alice's message is found by Carol: %d", code)
			}
			theirs, err := w.bob.SendText(w.ctx, carol, "for Carol")
			if err != nil {
				t.Fatal(err)
			}
			w.await("her message", func() bool {
				return w.get("/api/test/chats/15550002222@c.us/messages/"+theirs, nil) == http.StatusOK
			})
			want := 2
			if policy == v1.DeleteOtherAccounts {
				want = 1
			}
			w.await("the folders", func() bool {
				found, err := filepath.Glob(filepath.Join(w.opts.Data, "accounts", "*", "chats.db"))
				return err == nil && len(found) == want
			})
			if err := stop(); err != nil {
				t.Errorf("stopping: %v", err)
			}
		})
	}
}

func TestASessionOfAnotherEndpoint(t *testing.T) {
	w := newWorld(t, v1.Config{})
	stop := w.run()
	w.pair(w.alice)
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	simulated := w.opts.Endpoint
	w.opts.Endpoint = nil
	err := Run(w.ctx, w.opts, w.listen())
	if want := "this data directory was paired with another endpoint than WhatsApp: use the endpoint it was paired with or another data directory"; !errors.Is(err, whatsapp.ErrEndpointMismatch) || err.Error() != want {
		t.Errorf("%v\nwant %s", err, want)
	}
	other := *simulated
	other.RootKey[0] ^= 1
	w.opts.Endpoint = &other
	if err := Run(w.ctx, w.opts, w.listen()); !errors.Is(err, whatsapp.ErrEndpointMismatch) || !strings.Contains(err.Error(), "than "+w.srv.URL()+":") {
		t.Errorf("another simulator: %v", err)
	}
	if n := w.log.count("This session connects to a simulator, not to WhatsApp"); n < 2 {
		t.Errorf("the log says %d times that it is a simulator", n)
	}
	if got := explain(errOtherAccount, w.opts); !errors.Is(got, errOtherAccount) || got.Error() != errOtherAccount.Error() {
		t.Errorf("any other error becomes %v", got)
	}
}

// A listener is used by one server after another without being closed.
func TestASharedListener(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for range 3 {
		s := newShared(l)
		accepted := make(chan error, 1)
		go func() {
			conn, err := s.Accept()
			if err == nil {
				_ = conn.Close()
				_, err = s.Accept()
			}
			accepted <- err
		}()
		conn, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Read(make([]byte, 1)); err == nil {
			t.Error("nobody closed the connection")
		}
		_ = conn.Close()
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if err := <-accepted; err == nil {
			t.Error("a closed listener accepts")
		}
	}
	pipe := struct{ net.Listener }{l}
	if got := newShared(pipe); got != net.Listener(pipe) {
		t.Errorf("a listener of another kind becomes %T", got)
	}
}

// While there is no room not even to open the chats, callers are told so.
func TestASessionThatWaitsForRoom(t *testing.T) {
	w := waiting{v1.Status{Phase: v1.PhaseStarting, Reason: v1.ReasonStorageFull}}
	if w.Status().Reason != v1.ReasonStorageFull || w.Watch() != nil || !errors.Is(w.Logout(t.Context()), chat.ErrNotConnected) {
		t.Errorf("%+v", w.Status())
	}
	if isFull(t.TempDir(), errors.New("another error")) {
		t.Error("a volume with room is full")
	}
	// There is room: it ends by itself, and the socket is left to the session.
	world := newWorld(t, v1.Config{})
	l := newShared(world.listen())
	if err := waitForRoom(world.ctx, world.opts, l); err != nil {
		t.Error(err)
	}
	if conn, err := net.Dial("tcp", l.Addr().String()); err != nil {
		t.Errorf("the socket is closed: %v", err)
	} else {
		_ = conn.Close()
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	awaitRoom(ended, "/nowhere")
}
