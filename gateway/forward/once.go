package forward

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"sync"
	"sync/atomic"
)

// once is a RoundTripper that sends a request a second time only if nothing of it
// can have left, and then on another connection. The transport of net/http repeats
// GETs by itself, and some GETs of the API send messages.
type once struct {
	next http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (o once) RoundTrip(r *http.Request) (*http.Response, error) {
	body := &body{from: r.Body}
	response, left, err := o.try(r, body)
	if err == nil || left || body.touched.Load() || r.Context().Err() != nil {
		return response, err
	}
	response, _, err = o.try(r, body)
	return response, err
}

// try sends the request. left says whether anything of it may have left.
func (o once) try(r *http.Request, b *body) (response *http.Response, left bool, err error) {
	var used used
	trace := &httptrace.ClientTrace{GotConn: func(info httptrace.GotConnInfo) { used.set(info.Conn) }}
	attempt := r.WithContext(httptrace.WithClientTrace(r.Context(), trace))
	// With a body that it does not know to be empty, the transport repeats nothing.
	attempt.Body, attempt.GetBody = io.NopCloser(b), nil
	response, err = o.next.RoundTrip(attempt)
	return response, used.left(), err
}

// used is the connection that a request was given, and what had left through it
// before.
type used struct {
	mu     sync.Mutex
	conn   *conn
	before int64
	other  bool
}

func (u *used) set(given net.Conn) {
	u.mu.Lock()
	defer u.mu.Unlock()
	c, ok := given.(*conn)
	if !ok {
		u.other = true
		return
	}
	u.conn, u.before = c, c.written.Load()
}

func (u *used) left() bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.other || u.conn != nil && u.conn.written.Load() != u.before
}

// body is a request's body that tells whether it was read.
type body struct {
	from    io.Reader
	touched atomic.Bool
}

// errBody is an error of the caller's body rather than of the pod.
var errBody = errors.New("the request's body could not be read")

// Read implements io.Reader.
func (b *body) Read(p []byte) (int, error) {
	if b.from == nil || b.from == http.NoBody {
		return 0, io.EOF
	}
	b.touched.Store(true)
	n, err := b.from.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = errors.Join(errBody, err)
	}
	return n, err
}
