package httpapi

import (
	"net/http"
	"time"
)

// takeTime is how long a client may take for the next part of an answer: what
// waits for it holds memory that others need.
const takeTime = 20 * time.Second

// paced writes an answer to a client that has to keep taking it. The connection
// of one that does not is cut.
type paced struct {
	http.ResponseWriter
	conn     *http.ResponseController
	until    time.Time
	patience time.Duration
}

func newPaced(w http.ResponseWriter, patience time.Duration) *paced {
	p := &paced{w, http.NewResponseController(w), time.Now().Add(answerTime), patience}
	// The request has come. Its deadline would end the answer's context.
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
