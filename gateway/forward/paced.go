package forward

import (
	"net/http"
	"time"
)

// paced gives a client a time for each part of an answer, instead of one for all of
// it: a long answer may take long, and a client that reads nothing may not.
type paced struct {
	http.ResponseWriter
	conn     *http.ResponseController
	patience time.Duration
}

func newPaced(w http.ResponseWriter, patience time.Duration) *paced {
	return &paced{w, http.NewResponseController(w), patience}
}

// Write implements http.ResponseWriter.
func (p *paced) Write(b []byte) (int, error) {
	_ = p.conn.SetWriteDeadline(time.Now().Add(p.patience)) // recorders of tests have none
	return p.ResponseWriter.Write(b)
}

// Unwrap is for http.ResponseController.
func (p *paced) Unwrap() http.ResponseWriter { return p.ResponseWriter }
