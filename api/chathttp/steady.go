package chathttp

import (
	"io"
	"net/http"
	"time"
)

// slowest is how fast a Steady body must arrive, in bytes a second.
const slowest = 64 << 10

// Pace is how long a body may take to arrive.
type Pace struct {
	// Grace is given to every body.
	Grace time.Duration
	// Most is the longest time for a body of any length; 0 for no limit.
	Most time.Duration
}

// Steady is a request's body that must keep arriving at 64 KiB a second after a grace
// period, so that a client cannot hold a place by sending a byte now and then. It moves
// the connection's read deadline.
func Steady(w http.ResponseWriter, body io.ReadCloser, pace Pace) io.ReadCloser {
	return &steady{ReadCloser: body, conn: http.NewResponseController(w), pace: pace, began: time.Now()}
}

type steady struct {
	io.ReadCloser
	conn  *http.ResponseController
	pace  Pace
	began time.Time
	read  int64
}

// Read implements io.Reader.
func (s *steady) Read(b []byte) (int, error) {
	_ = s.conn.SetReadDeadline(s.deadline()) // recorders of tests have none
	n, err := s.ReadCloser.Read(b)
	s.read += int64(n)
	if err != nil {
		// The server goes on reading, to notice that the client leaves: a later
		// deadline would cancel the request while it is answered.
		_ = s.conn.SetReadDeadline(time.Time{})
	}
	return n, err
}

// deadline is when the next bytes must have arrived.
func (s *steady) deadline() time.Time {
	earned := s.pace.Grace + time.Duration(s.read/slowest)*time.Second
	if s.pace.Most > 0 {
		earned = min(earned, s.pace.Most)
	}
	return s.began.Add(earned)
}
