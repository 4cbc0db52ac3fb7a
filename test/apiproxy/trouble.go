package apiproxy

import (
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"
)

// Words are in the body of every failure that the proxy makes up, so that a
// test can look for them where they should not be.
const Words = "injected words"

// Trouble is what requests meet. With only Delay set, they are slow.
type Trouble struct {
	// Matches limits the trouble to some requests. Default: all.
	Matches func(*http.Request) bool
	// Share is the share of the matching requests that meet it, above 0 and up to
	// 1. Default: all.
	Share float64
	// Delay holds up a request before anything else.
	Delay time.Duration
	// Away breaks the connection instead of forwarding the request.
	Away bool
	// Code is the status of an answer in place of the API server's.
	Code int
	// RetryAfter, in seconds, goes with Code.
	RetryAfter int
	// Lost forwards the request and loses the answer.
	Lost bool
}

func (t *Trouble) hits(r *http.Request) bool {
	if t == nil || t.Matches != nil && !t.Matches(r) {
		return false
	}
	return t.Share == 0 || rand.Float64() < t.Share
}

// before does to a request what happens before it is forwarded, and reports
// whether it ends there.
func (t *Trouble) before(w http.ResponseWriter, r *http.Request) (ended bool) {
	if t.Delay > 0 {
		select {
		case <-time.After(t.Delay):
		case <-r.Context().Done():
			panic(http.ErrAbortHandler)
		}
	}
	if t.Away {
		panic(http.ErrAbortHandler) // net/http closes the connection
	}
	if t.Code == 0 {
		return false
	}
	w.Header().Set("Content-Type", "text/plain")
	if t.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(t.RetryAfter))
	}
	w.WriteHeader(t.Code)
	_, _ = io.WriteString(w, Words)
	return true
}

// IsWrite matches requests that change something.
func IsWrite(r *http.Request) bool { return r.Method != http.MethodGet }

// nowhere takes an answer that is lost.
type nowhere struct{ header http.Header }

func (n nowhere) Header() http.Header         { return n.header }
func (n nowhere) Write(b []byte) (int, error) { return len(b), nil }
func (n nowhere) WriteHeader(int)             {}
