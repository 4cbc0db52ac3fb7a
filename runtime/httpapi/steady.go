package httpapi

import (
	"io"
	"net/http"
	"time"
)

const (
	// A body that holds a turn must come at slowest bytes a second, after a time
	// of grace: a caller cannot keep the turns of all others by sending a byte
	// now and then.
	slowest   = 64 << 10
	graceTime = 10 * time.Second
)

// steady reads a body that has to keep coming. Bodies that do not are ended by
// the connection's deadline, which moves as they come.
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
		// A deadline that passes later would end the request while it is answered.
		_ = s.conn.SetReadDeadline(time.Time{})
	}
	return n, err
}

// deadline is when the next bytes must be there.
func (s *steady) deadline() time.Time {
	earned := graceTime + time.Duration(s.read/slowest)*time.Second
	return s.began.Add(min(earned, fileBodyTime))
}
