package httpapi

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// start serves a handler until stop is called, which waits for the end.
func start(t *testing.T, h http.Handler) (address string, stop func() error) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l.Addr().String(), serve(t, l, h)
}

func serve(t *testing.T, l net.Listener, h http.Handler) (stop func() error) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- Serve(ctx, l, h, slog.New(slog.DiscardHandler)) }()
	t.Cleanup(cancel)
	return func() error { cancel(); return <-ended }
}

// piped is a listener that connects without a network, so that a test can have a time
// of its own.
type piped struct {
	conns  chan net.Conn
	closed chan struct{}
}

func newPiped() *piped { return &piped{conns: make(chan net.Conn), closed: make(chan struct{})} }

func (p *piped) dial(context.Context, string, string) (net.Conn, error) {
	near, far := net.Pipe()
	select {
	case p.conns <- far:
		return near, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *piped) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *piped) Close() error { close(p.closed); return nil }

func (p *piped) Addr() net.Addr { return &net.TCPAddr{} }

func (p *piped) client() *http.Client {
	return &http.Client{Transport: &http.Transport{DialContext: p.dial}}
}

func TestRequestUnderWayIsAnsweredAtTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newPiped()
		begun, finish := make(chan struct{}), make(chan struct{})
		stop := serve(t, l, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			close(begun)
			<-finish
			fmt.Fprint(w, "done")
		}))
		client := l.client()
		answer := make(chan string, 1)
		go func() {
			resp, err := client.Get("http://example.com")
			if err != nil {
				answer <- err.Error()
				return
			}
			defer resp.Body.Close()
			b, _ := io.ReadAll(resp.Body)
			answer <- string(b)
		}()
		<-begun
		ended := make(chan error, 1)
		go func() { ended <- stop() }()
		// No new connection is taken, the old one is answered.
		synctest.Wait()
		if _, err := client.Get("http://example.com"); !errors.Is(err, net.ErrClosed) {
			t.Errorf("a new connection: %v", err)
		}
		close(finish)
		if got := <-answer; got != "done" {
			t.Errorf("answer %s", got)
		}
		if err := <-ended; err != nil {
			t.Errorf("ended with %v", err)
		}
	})
}

func TestStreamsEndWithTheServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newPiped()
		begun := make(chan struct{})
		stop := serve(t, l, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			close(begun)
			<-r.Context().Done()
		}))
		go func() {
			if resp, err := l.client().Get("http://example.com"); err == nil {
				_ = resp.Body.Close()
			}
		}()
		<-begun
		began := time.Now()
		if err := stop(); err != nil {
			t.Error(err)
		}
		if took := time.Since(began); took < finishTime || took >= finishTime+shutdownTime {
			t.Errorf("took %s", took)
		}
	})
}

func TestHugeHeadersAreRefused(t *testing.T) {
	address, stop := start(t, newServer(t))
	r, _ := http.NewRequest("GET", "http://"+address+"/ping", nil)
	r.Header.Set("X-Filler", strings.Repeat("x", 2*maxHeader))
	resp, err := http.DefaultClient.Do(r)
	if err == nil {
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
			t.Errorf("status %d", resp.StatusCode)
		}
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

// Half a list must not look like a whole one.
func TestStreamThatFailsMidwayIsCut(t *testing.T) {
	address, stop := start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = (&API{patience: takeTime}).write(w, r, 200, rows[string](func(yield func(string, error) bool) {
			for range 10 {
				if !yield(strings.Repeat("x", chunk), nil) {
					return
				}
			}
			yield("", errors.New("the disk is gone"))
		}))
	}))
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+address, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept-Encoding", "identity") // compressed, all of it would wait in the server's buffer
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if _, err := io.ReadAll(bufio.NewReader(resp.Body)); err == nil {
		t.Error("the answer seems whole")
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

func TestStreamThatFailsAtOnceIsAnError(t *testing.T) {
	err := (&API{patience: takeTime}).write(nil, httptest.NewRequest("GET", "/", nil), 200, rows[string](func(yield func(string, error) bool) { yield("", errFailed) }))
	if !errors.Is(err, errFailed) {
		t.Errorf("error %v", err)
	}
}

var errFailed = errors.New("failed")

func TestHeadersThatKeepBrowsersFromGuessing(t *testing.T) {
	s := newServer(t)
	for _, target := range []string{"/ping", "/api/default/chats", "/api/nothing", "/v2/chats"} {
		h := s.request("GET", target, "").Header()
		if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("X-Frame-Options") != "DENY" || !strings.Contains(h.Get("Content-Security-Policy"), "default-src 'none'") ||
			h.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %v", target, h)
		}
	}
}

func TestMountsAndMetrics(t *testing.T) {
	s := newServer(t)
	o := s.Options
	o.Metrics = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "metrics") })
	o.Mounts = map[string]http.Handler{"/runtime/v1/": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.URL.Path) })}
	s.API = New(o)
	if w := s.request("GET", "/metrics", ""); w.Body.String() != "metrics" {
		t.Errorf("metrics: %d %s", w.Code, w.Body)
	}
	if w := s.request("GET", "/metrics", "", "X-Api-Key", "wrong"); w.Code != 401 {
		t.Errorf("metrics without a key: %d", w.Code)
	}
	if w := s.request("GET", "/runtime/v1/status", "", "X-Api-Key", ""); w.Body.String() != "/runtime/v1/status" {
		t.Errorf("a mount: %d %s", w.Code, w.Body)
	}
}
