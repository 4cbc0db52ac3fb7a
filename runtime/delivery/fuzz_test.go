package delivery

import (
	"net/http"
	"testing"
	"time"
)

// FuzzRetryAfter reads what a receiver says of when to come back.
func FuzzRetryAfter(f *testing.F) {
	for _, value := range []string{"", "5", "-1", "99999999999999999999", "Fri, 27 Nov 2026 12:00:00 GMT", "Mon, 01 Jan 0001 00:00:00 GMT", "\x00", "1e9"} {
		f.Add(value)
	}
	now := time.Unix(1_800_000_000, 0)
	f.Fuzz(func(t *testing.T, value string) {
		header := http.Header{"Retry-After": {value}}
		if got := retryAfter(header, now); got < 0 || got > maxDelay {
			t.Errorf("%q is a wait of %v", value, got)
		}
	})
}
