package forward

import (
	"context"
	"net"
	"sync/atomic"
	"time"
)

// conn is a connection to a pod that knows whether anything has left through it, and
// does not wait forever for a pod that takes nothing.
type conn struct {
	net.Conn
	written atomic.Int64
	// patience limits each write.
	patience time.Duration
}

// Write implements net.Conn. What fails counts as written: some of it may have left.
func (c *conn) Write(b []byte) (int, error) {
	c.written.Add(int64(len(b)))
	if err := c.SetWriteDeadline(time.Now().Add(c.patience)); err != nil {
		return 0, err
	}
	return c.Conn.Write(b)
}

// dialer returns a function that connects to pods within a time.
func dialer(limit, patience time.Duration) func(ctx context.Context, network, address string) (net.Conn, error) {
	d := net.Dialer{Timeout: limit, KeepAlive: 30 * time.Second}
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		c, err := d.DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return &conn{Conn: c, patience: patience}, nil
	}
}
