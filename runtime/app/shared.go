package app

import (
	"net"
	"time"
)

// shared is a listener that outlives the servers that use it one after another:
// closing it ends their Accept and leaves the socket open, so that callers wait
// for the next one.
type shared struct{ *net.TCPListener }

// newShared makes a listener ready for the next server.
func newShared(l net.Listener) net.Listener {
	tcp, ok := l.(*net.TCPListener)
	if !ok {
		return l
	}
	_ = tcp.SetDeadline(time.Time{})
	return shared{tcp}
}

// Close ends Accept.
func (s shared) Close() error { return s.SetDeadline(time.Now()) }
