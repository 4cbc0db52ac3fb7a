package httpapi

import (
	"net/http"
	"time"
)

// takeTime limits how long a client may take to read the next part of a response,
// which holds memory that other requests need.
const takeTime = 20 * time.Second

// paced writes a response and closes the connection if the client stops reading.
type paced struct {
	http.ResponseWriter
	conn     *http.ResponseController
	until    time.Time
	patience time.Duration
}

func newPaced(w http.ResponseWriter, patience time.Duration) *paced {
	p := &paced{w, http.NewResponseController(w), time.Now().Add(answerTime), patience}
	// The request has been read. Its deadline would end the response's context.
	_ = p.conn.SetReadDeadline(time.Time{}) // recorders of tests have none
	return p
}

// Write implements io.Writer.
func (p *paced) Write(b []byte) (n int, err error) {
	for n < len(b) && err == nil {
		next := time.Now().Add(p.patience)
		if next.After(p.until) {
			next = p.until
		}
		_ = p.conn.SetWriteDeadline(next)
		var written int
		written, err = p.ResponseWriter.Write(b[n:min(len(b), n+chunk)])
		n += written
	}
	return n, err
}
