package delivery

import (
	"net/http"
	"strconv"
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
)

// maxDelay caps the time between two attempts, whatever the policy or the
// receiver asks for.
const maxDelay = time.Hour

// backoff returns the delay after the given number of failed attempts.
func (r retries) backoff(failed int) time.Duration {
	delay := r.delay
	switch r.policy {
	case v1.RetryLinear:
		delay *= time.Duration(failed)
	case v1.RetryExponential:
		for range failed - 1 {
			if delay *= 2; delay >= maxDelay {
				return maxDelay
			}
		}
	}
	return min(delay, maxDelay)
}

// retryAfter parses Retry-After, in seconds or as a date; 0 if it is missing or
// invalid.
func retryAfter(header http.Header, now time.Time) time.Duration {
	value := header.Get("Retry-After")
	if value == "" {
		return 0
	}
	if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
		return min(time.Duration(seconds)*time.Second, maxDelay)
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(0, min(at.Sub(now), maxDelay))
	}
	return 0
}
