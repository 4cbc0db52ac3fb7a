package reach

import (
	"errors"
	"io"
	"net"
	"sync"
	"time"

	"k8s.io/streaming/pkg/httpstream"
)

const (
	// maxError is the longest error of the node that is read, in bytes.
	maxError = 4 << 10
	// errorPatience is how long the node's error is waited for when a stream ended.
	errorPatience = time.Second
)

// stream is a connection to a port of a pod. It has no deadlines: HTTP clients limit
// their calls by contexts.
type stream struct {
	httpstream.Stream
	// told has what the node says about the end of the stream.
	told chan string
	end  func()
	once sync.Once
}

// Read implements net.Conn. A stream that ends because nothing listens in the pod has
// the node's sentence as its error.
func (s *stream) Read(b []byte) (int, error) {
	n, err := s.Stream.Read(b)
	if n > 0 || err == nil {
		return n, err
	}
	select {
	case text := <-s.told:
		s.told <- ""
		if text != "" {
			return 0, errors.New(text)
		}
	case <-time.After(errorPatience):
	}
	return 0, io.EOF
}

// Close implements net.Conn.
func (s *stream) Close() error {
	s.once.Do(s.end)
	return nil
}

// LocalAddr implements net.Conn.
func (s *stream) LocalAddr() net.Addr { return tunnelAddress{} }

// RemoteAddr implements net.Conn.
func (s *stream) RemoteAddr() net.Addr { return tunnelAddress{} }

// SetDeadline implements net.Conn.
func (s *stream) SetDeadline(time.Time) error { return nil }

// SetReadDeadline implements net.Conn.
func (s *stream) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline implements net.Conn.
func (s *stream) SetWriteDeadline(time.Time) error { return nil }

// tunnelAddress is the address of both ends.
type tunnelAddress struct{}

// Network implements net.Addr.
func (tunnelAddress) Network() string { return "portforward" }

func (tunnelAddress) String() string { return "portforward" }
