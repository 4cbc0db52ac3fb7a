package runtimeclient

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"runtime"
	"sync"
	"testing"
	"time"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
)

// listen accepts connections, and calls answer for each in one goroutine.
func listen(t *testing.T, answer func(net.Conn)) Target {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var ended sync.WaitGroup
	ended.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { _ = conn.Close() })
			answer(conn)
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		ended.Wait()
	})
	return Target{"http://" + listener.Addr().String(), "t"}
}

const oneStatus = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n15\r\n{\"phase\":\"WORKING\"}\r\n\r\n"

func TestAStreamCostsOneGoroutine(t *testing.T) {
	target := listen(t, func(conn net.Conn) {
		_, _ = io.ReadAtLeast(conn, make([]byte, 4<<10), 1)
		_, _ = io.WriteString(conn, oneStatus)
	})
	const streams = 50
	client, opened := New(Options{}), make(chan struct{}, streams)
	ctx, cancel := context.WithCancel(t.Context())
	before := runtime.NumGoroutine()
	var all sync.WaitGroup
	for range streams {
		all.Go(func() {
			_ = client.Watch(ctx, target, func(runtimev1.Status) { opened <- struct{}{} })
		})
	}
	for range streams {
		receive(t, opened)
	}
	// What opened a stream, and handled its first status, has yet to end.
	cost := func() int { return runtime.NumGoroutine() - before }
	for until := time.Now().Add(10 * time.Second); cost() > streams; runtime.Gosched() {
		if time.Now().After(until) {
			t.Fatalf("%d open streams keep %d goroutines", streams, cost())
		}
	}
	cancel()
	all.Wait() // a goroutine that waits for the pod ends with its context
}

func TestAnEndlessHeadIsNotRead(t *testing.T) {
	target := listen(t, func(conn net.Conn) {
		_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\n")
		for {
			if _, err := io.WriteString(conn, "X-More: of the same, and no end\r\n"); err != nil {
				return
			}
		}
	})
	err := New(Options{RequestTimeout: time.Hour}).Watch(t.Context(), target, func(runtimev1.Status) {})
	if !errors.Is(err, ErrUnreachable) {
		t.Errorf("error is %v, want %v", err, ErrUnreachable)
	}
}

func TestTheWaitForTheHeadIsBounded(t *testing.T) {
	target := listen(t, func(net.Conn) {})
	err := New(Options{RequestTimeout: 50 * time.Millisecond}).Watch(t.Context(), target, func(runtimev1.Status) {})
	if !errors.Is(err, ErrUnreachable) {
		t.Errorf("error is %v, want %v", err, ErrUnreachable)
	}
}

func TestABoundedHeadDoesNotBoundTheStream(t *testing.T) {
	const lines = 3
	target := listen(t, func(conn net.Conn) {
		_, _ = io.ReadAtLeast(conn, make([]byte, 4<<10), 1)
		_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\n\r\n")
		for range lines {
			_, _ = io.WriteString(conn, padded(maxHead)+"\n")
		}
		_ = conn.Close()
	})
	count := 0
	err := New(Options{}).Watch(t.Context(), target, func(runtimev1.Status) { count++ })
	if !errors.Is(err, ErrEnded) || count != lines {
		t.Errorf("%d lines, then %v", count, err)
	}
}

// timed is a connection that records its deadlines.
type timed struct {
	net.Conn
	deadlines []time.Time
}

func (c *timed) SetDeadline(at time.Time) error {
	c.deadlines = append(c.deadlines, at)
	return nil
}

func TestTheTimeForTheHeadDoesNotBoundTheStream(t *testing.T) {
	near, far := net.Pipe()
	defer near.Close()
	go func() { // ends with the pipe
		_, _ = io.ReadAtLeast(far, make([]byte, 4<<10), 1)
		_, _ = io.WriteString(far, oneStatus)
	}()
	conn := &timed{Conn: near}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://pod:3000/status", nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := newTransport(time.Hour).exchange(conn, request); err != nil {
		t.Fatal(err)
	}
	if n := len(conn.deadlines); n != 2 || conn.deadlines[0].IsZero() || !conn.deadlines[1].IsZero() {
		t.Errorf("deadlines are %v, want one that is lifted", conn.deadlines)
	}
}
