package forward

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
)

// events opens the stream of a pod, whose websocket behaves so.
func events(t *testing.T, silence time.Duration, serve func(ctx context.Context, w http.ResponseWriter, r *http.Request, accept func() *websocket.Conn)) (*Events, error) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		serve(r.Context(), w, r, func() *websocket.Conn {
			conn, err := websocket.Accept(w, r, nil)
			if err != nil {
				t.Error(err)
			}
			return conn
		})
	}))
	t.Cleanup(server.Close)
	f, pod := forwarder(t, server.Listener.Addr().String(), func(o *Options) { o.Silence = silence })
	e, err := f.Events(t.Context(), pod, "evt_1")
	if err == nil {
		t.Cleanup(e.Close)
	}
	return e, err
}

func TestAStreamOfEvents(t *testing.T) {
	long := strings.Repeat("x", maxEvent+1)
	e, err := events(t, time.Minute, func(ctx context.Context, w http.ResponseWriter, r *http.Request, accept func() *websocket.Conn) {
		if r.URL.Path != "/ws" || r.URL.Query().Get("lastEventId") != "evt_1" || r.Header.Get("Authorization") != "Bearer t" {
			t.Errorf("asked for %v with %v", r.URL, r.Header)
		}
		w.Header().Set(runtimev1.LastEventHeader, "evt_5")
		conn := accept()
		for _, text := range []string{"short", long, "another"} {
			if err := conn.Write(ctx, websocket.MessageText, []byte(text)); err != nil {
				t.Error(err)
			}
		}
		conn.CloseRead(ctx)
		<-ctx.Done()
	})
	if err != nil || e.Newest() != "evt_5" {
		t.Fatalf("%+v, %v", e, err)
	}
	for _, want := range []struct {
		text  string
		whole bool
	}{{"short", true}, {long[:maxEvent], false}, {"another", true}} {
		got, whole, err := e.Next(t.Context())
		if err != nil || string(got) != want.text || whole != want.whole {
			t.Fatalf("got %d bytes, whole: %v, %v; want %d", len(got), whole, err, len(want.text))
		}
	}
}

func TestAPodThatOpensNoStream(t *testing.T) {
	for what, refuse := range map[string]func(http.ResponseWriter, func() *websocket.Conn){
		"by its status":    func(w http.ResponseWriter, _ func() *websocket.Conn) { w.WriteHeader(http.StatusUnauthorized) },
		"by closing it":    func(_ http.ResponseWriter, accept func() *websocket.Conn) { _ = accept().Close(1008, "Unauthorized") },
		"with no position": func(_ http.ResponseWriter, accept func() *websocket.Conn) { accept() },
	} {
		_, err := events(t, time.Minute, func(_ context.Context, w http.ResponseWriter, _ *http.Request, accept func() *websocket.Conn) {
			refuse(w, accept)
		})
		if err == nil {
			t.Errorf("%s: it was opened", what)
		}
	}
}

// A pod whose node is gone says nothing any more, and its connection does not end.
func TestASilentStreamEnds(t *testing.T) {
	pinged := make(chan struct{})
	e, err := events(t, 2*time.Second, func(ctx context.Context, w http.ResponseWriter, _ *http.Request, accept func() *websocket.Conn) {
		w.Header().Set(runtimev1.LastEventHeader, runtimev1.NoEvent)
		conn := accept()
		ctx = conn.CloseRead(ctx)
		every := time.NewTicker(100 * time.Millisecond)
		defer every.Stop()
		for began := time.Now(); time.Since(began) < 3*time.Second; <-every.C {
			if err := conn.Ping(ctx); err != nil {
				t.Error(err)
			}
		}
		close(pinged)
		<-ctx.Done()
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := e.Next(t.Context()); err == nil {
		t.Error("an event came")
	}
	select {
	case <-pinged:
	default:
		t.Error("it ended in spite of pings")
	}
}
