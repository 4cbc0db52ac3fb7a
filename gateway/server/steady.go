package server

import (
	"io"
	"net/http"
	"time"
)

// A body must arrive at slowest bytes a second after a grace period, so that a client
// cannot hold a place at a pod by sending a byte now and then.
const (
	slowest   = 64 << 10
	graceTime = 15 * time.Second
)

// steady reads a body that must keep arriving, by moving the connection's read
// deadline as it does.
type steady struct {
	io.ReadCloser
	conn  *http.ResponseController
	began time.Time
	read  int64
}

func newSteady(w http.ResponseWriter, body io.ReadCloser) io.ReadCloser {
	return &steady{ReadCloser: body, conn: http.NewResponseController(w), began: time.Now()}
}

// Read implements io.Reader.
func (s *steady) Read(b []byte) (int, error) {
	due := s.began.Add(graceTime + time.Duration(s.read)*time.Second/slowest)
	_ = s.conn.SetReadDeadline(due) // recorders of tests have none
	n, err := s.ReadCloser.Read(b)
	s.read += int64(n)
	if err != nil {
		// The server goes on reading, to notice that the client leaves.
		_ = s.conn.SetReadDeadline(time.Time{})
	}
	return n, err
}
