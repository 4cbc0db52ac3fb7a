package runtimeclient

import (
	"context"
	"math/rand/v2"
	"time"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
)

// Backoff is the growth of the wait between attempts. Zero fields take their
// defaults.
type Backoff struct {
	// First is the wait after the first failure. Defaults to 100 ms.
	First time.Duration
	// Max is the longest wait. Defaults to 5 s.
	Max time.Duration
}

func (b Backoff) withDefaults() Backoff {
	if b.First == 0 {
		b.First = 100 * time.Millisecond
	}
	if b.Max == 0 {
		b.Max = 5 * time.Second
	}
	return b
}

// wait returns the wait after a number of consecutive failures, from 1. It
// doubles from First to Max, minus up to a fifth of jitter so that a fleet does
// not reconnect all at once after a network failure. random is from [0,1).
func (b Backoff) wait(failures int, random float64) time.Duration {
	wait := b.Max
	if shift := failures - 1; shift < 16 {
		wait = min(b.First<<shift, b.Max)
	}
	return wait - time.Duration(random*float64(wait)/5)
}

// Observer receives what happens on a stream. Its methods are called one at a time.
type Observer interface {
	// Status is called with every status that arrives.
	Status(runtimev1.Status)
	// Lost is called when opening the stream fails or an open stream ends, with
	// an error of this package or of the TokenSource.
	Lost(error)
}

// TokenSource returns the bearer token. It is called before each attempt, as
// tokens expire.
type TokenSource func(context.Context) (string, error)

// Follow keeps the status stream of one pod open until ctx is done, reopening it
// with increasing waits when it ends.
func (c *Client) Follow(ctx context.Context, baseURL string, token TokenSource, observer Observer) {
	failures := 0
	for ctx.Err() == nil {
		opened := time.Now()
		err := c.attempt(ctx, baseURL, token, observer)
		if ctx.Err() != nil {
			return
		}
		observer.Lost(err)
		// The backoff starts over after a stream that lasted, not after one that
		// closed as soon as it opened.
		if time.Since(opened) > c.options.Backoff.Max {
			failures = 0
		}
		failures++
		select {
		case <-ctx.Done():
		case <-time.After(c.options.Backoff.wait(failures, rand.Float64())):
		}
	}
}

func (c *Client) attempt(ctx context.Context, baseURL string, token TokenSource, observer Observer) error {
	secret, err := aside(func() (string, error) { return token(ctx) })
	if err != nil {
		return err
	}
	return c.Watch(ctx, Target{BaseURL: baseURL, Token: secret}, observer.Status)
}
