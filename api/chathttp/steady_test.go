package chathttp

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// The time that a body may take grows with what has come, up to a bound.
func TestABodyEarnsItsTime(t *testing.T) {
	const grace, most = 10 * time.Second, 5 * time.Minute
	began := time.Now()
	for read, want := range map[int64]time.Duration{
		0: grace, slowest - 1: grace, slowest: grace + time.Second, 10 * slowest: grace + 10*time.Second, 1 << 40: most,
	} {
		s := steady{pace: Pace{grace, most}, began: began, read: read}
		if got := s.deadline().Sub(began); got != want {
			t.Errorf("after %d bytes %v, want %v", read, got, want)
		}
	}
	s := steady{pace: Pace{Grace: grace}, began: began, read: 1000 * slowest}
	if got := s.deadline().Sub(began); got != grace+1000*time.Second {
		t.Errorf("without a bound %v", got)
	}
}

// A body arrives whole, on real connections and where there is none.
func TestASteadyBodyIsWhole(t *testing.T) {
	const size = 3*slowest + 1
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(Steady(w, r.Body, Pace{Grace: time.Minute}))
		fmt.Fprint(w, len(b), err)
	})
	srv := httptest.NewServer(handler)
	defer srv.Close()
	for range 2 { // the second request is on the same connection
		resp, err := http.Post(srv.URL, "text/plain", strings.NewReader(strings.Repeat("x", size)))
		if err != nil {
			t.Fatal(err)
		}
		answer, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if string(answer) != fmt.Sprint(size, nil) {
			t.Errorf("answer %s", answer)
		}
	}
	w := httptest.NewRecorder()
	handler(w, httptest.NewRequest(http.MethodPost, "/", strings.NewReader("abc")))
	if got := w.Body.String(); got != fmt.Sprint(3, nil) {
		t.Errorf("without a connection: %s", got)
	}
}

// deadlines is a connection that records its read deadline.
type deadlines struct {
	*httptest.ResponseRecorder
	last time.Time
}

func (d *deadlines) SetReadDeadline(at time.Time) error { d.last = at; return nil }

// Once a body has ended, its answer may take as long as it does: the server goes on
// reading to notice that the client leaves.
func TestABodyThatHasEndedHasNoDeadline(t *testing.T) {
	conn := &deadlines{ResponseRecorder: httptest.NewRecorder()}
	body := Steady(conn, io.NopCloser(strings.NewReader("x")), Pace{Grace: time.Minute})
	if _, err := io.ReadFull(body, make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	if conn.last.IsZero() {
		t.Error("a body that arrives has no deadline")
	}
	if _, err := body.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Fatalf("at its end: %v", err)
	}
	if !conn.last.IsZero() {
		t.Errorf("after its end there is a deadline: %s", conn.last)
	}
}
