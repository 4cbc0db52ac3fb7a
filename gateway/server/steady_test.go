package server

import (
	"errors"
	"io"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// deadlines is a connection that records its read deadline.
type deadlines struct {
	*httptest.ResponseRecorder
	last time.Time
}

func (d *deadlines) SetReadDeadline(at time.Time) error { d.last = at; return nil }

// A body has a time that grows with what has arrived. Once it has ended, the pod may
// take as long as it does: the server goes on reading to notice that the client leaves.
func TestABodyMustKeepArriving(t *testing.T) {
	conn := &deadlines{ResponseRecorder: httptest.NewRecorder()}
	body := newSteady(conn, io.NopCloser(strings.NewReader(strings.Repeat("x", 4*slowest))))
	began := time.Now()
	if _, err := io.CopyN(io.Discard, body, 4*slowest); err != nil {
		t.Fatal(err)
	}
	if allowed := conn.last.Sub(began); allowed < graceTime+3*time.Second || allowed > graceTime+time.Minute {
		t.Errorf("while four seconds' worth arrives the body has %s", allowed)
	}
	if _, err := body.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Fatalf("at its end: %v", err)
	}
	if !conn.last.IsZero() {
		t.Errorf("after its end there is a deadline: %s", conn.last)
	}
}
