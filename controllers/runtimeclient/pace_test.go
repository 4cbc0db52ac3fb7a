package runtimeclient

import (
	"context"
	"io"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
)

// flood is a practically endless body: it returns one line per read and counts
// them.
type flood struct {
	line  string
	taken *int
}

// floodEnd stops a reader without a rate limit from looping forever.
const floodEnd = 100_000

func (f flood) Read(p []byte) (int, error) {
	if *f.taken == floodEnd {
		return 0, io.EOF
	}
	*f.taken++
	return copy(p, f.line), nil
}

func (f flood) Close() error { return nil }

func (f flood) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Body: f, Request: r}, nil
}

// A pod is read at a limited rate, whatever it sends.
func TestEveryLineIsPaced(t *testing.T) {
	for name, line := range map[string]string{"reports": `{"phase":"WORKING"}` + "\n", "heartbeats": "\n", "blanks": "       \r\n"} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				const seconds = 60
				ctx, cancel := context.WithCancel(t.Context())
				time.AfterFunc(seconds*time.Second, cancel)
				taken := 0
				client := New(Options{})
				client.http.Transport = flood{line, &taken}
				err := client.Watch(ctx, Target{"http://pod", "t"}, func(runtimev1.Status) {})
				if most := lineBurst + linesPerSecond*seconds + 2; taken > most {
					t.Errorf("%d lines were read in %d s, want at most %d; the stream ended with %v", taken, seconds, most, err)
				}
			})
		})
	}
}
