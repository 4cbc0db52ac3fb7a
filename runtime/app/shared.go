package app

import (
	"net"
	"time"
)

// shared is a listener that is used by several servers in succession: closing it
// ends Accept and leaves the socket open, so that clients wait for the next one.
type shared struct{ *net.TCPListener }

// newShared prepares a listener for the next server.
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
