package runtimeclient

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"time"
)

// maxHead is the longest head of a response, in bytes.
const maxHead = 16 << 10

// transport does one request on a connection of its own, in the goroutine of its
// caller. That of net/http keeps two more goroutines with their buffers for as
// long as a stream is open, which is most of what a stream would cost. It uses no
// proxy and speaks plain HTTP/1.1 only.
type transport struct {
	dialer net.Dialer
	// timeout limits connecting, and then the wait for the response's head.
	timeout time.Duration
}

func newTransport(timeout time.Duration) *transport {
	return &transport{dialer: net.Dialer{Timeout: timeout, KeepAlive: 30 * time.Second}, timeout: timeout}
}

// RoundTrip implements http.RoundTripper.
func (t *transport) RoundTrip(request *http.Request) (*http.Response, error) {
	ctx := request.Context()
	conn, err := t.dialer.DialContext(ctx, "tcp", request.URL.Host)
	if err != nil {
		return nil, fmt.Errorf("connecting: %w", err)
	}
	// Closing the connection is what ends a read that waits.
	leave := context.AfterFunc(ctx, func() { _ = conn.Close() })
	response, err := t.exchange(conn, request)
	if err != nil {
		leave()
		_ = conn.Close()
		return nil, err
	}
	response.Body = body{response.Body, conn, leave}
	return response, nil
}

func (t *transport) exchange(conn net.Conn, request *http.Request) (*http.Response, error) {
	if err := conn.SetDeadline(time.Now().Add(t.timeout)); err != nil {
		return nil, fmt.Errorf("limiting the request: %w", err)
	}
	outgoing := request.WithContext(request.Context())
	outgoing.Close = true
	if err := outgoing.Write(conn); err != nil {
		return nil, fmt.Errorf("sending the request: %w", err)
	}
	head := &io.LimitedReader{R: conn, N: maxHead}
	response, err := http.ReadResponse(bufio.NewReaderSize(head, 1<<10), request)
	if err != nil {
		return nil, fmt.Errorf("reading the response: %w", err)
	}
	head.N = math.MaxInt64
	// A stream is limited by its reader from here on.
	if err := conn.SetDeadline(time.Time{}); err != nil {
		return nil, fmt.Errorf("lifting the limit: %w", err)
	}
	// Nobody reads these, and the body of a stream holds them for its lifetime.
	response.Request, response.Header = nil, http.Header{}
	return response, nil
}

// body closes the connection instead of reading the rest of the response.
type body struct {
	io.Reader
	conn  net.Conn
	leave func() bool
}

func (b body) Close() error {
	b.leave()
	return b.conn.Close()
}
