package httpapi

import (
	"io"
	"net/http"
	"time"
)

const (
	// A body that holds a turn must arrive at slowest bytes a second after a grace
	// period, so that a client cannot block others by sending a byte now and then.
	slowest   = 64 << 10
	graceTime = 10 * time.Second
)

// steady reads a body that must keep arriving, by moving the connection's read
// deadline as it does.
type steady struct {
	body  io.Reader
	conn  *http.ResponseController
	began time.Time
	read  int64
}

func newSteady(w http.ResponseWriter, body io.ReadCloser) io.ReadCloser {
	s := &steady{body: body, conn: http.NewResponseController(w), began: time.Now()}
	return struct {
		io.Reader
		io.Closer
	}{s, body}
}

// Read implements io.Reader.
func (s *steady) Read(b []byte) (int, error) {
	_ = s.conn.SetReadDeadline(s.deadline()) // recorders of tests have none
	n, err := s.body.Read(b)
	s.read += int64(n)
	if err == io.EOF {
		// A later deadline would cancel the request while its response is written.
		_ = s.conn.SetReadDeadline(time.Time{})
	}
	return n, err
}

// deadline is when the next bytes must have arrived.
func (s *steady) deadline() time.Time {
	earned := graceTime + time.Duration(s.read/slowest)*time.Second
	return s.began.Add(min(earned, fileBodyTime))
}
