package runtimeclient

import (
	"context"
	"math/rand/v2"
	"time"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
)

// Backoff is the growth of the wait between attempts; a zero field takes its
// default.
type Backoff struct {
	// First is the wait after the first failure. Default: 100 ms.
	First time.Duration
	// Max bounds the wait. Default: 5 s.
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

// wait is the pause after the given number of failures in a row, from 1: it
// doubles from First up to Max, less up to a fifth so that a fleet whose
// network came back does not knock in step. random is from [0,1).
func (b Backoff) wait(failures int, random float64) time.Duration {
	wait := b.Max
	if shift := failures - 1; shift < 16 {
		wait = min(b.First<<shift, b.Max)
	}
	return wait - time.Duration(random*float64(wait)/5)
}

// Observer hears what becomes of a stream. Its methods are called one at a time.
type Observer interface {
	// Status is called with every status that arrives.
	Status(runtimev1.Status)
	// Lost is called when an attempt to open the stream failed, or an open
	// stream ended, with an error of this package or of the token's source.
	Lost(error)
}

// TokenSource reads the bearer token before each attempt, so that a token that
// was replaced is picked up.
type TokenSource func(context.Context) (string, error)

// Follow keeps the status stream of one pod open until ctx is done, opening it
// again with growing waits when it ends.
func (c *Client) Follow(ctx context.Context, baseURL string, token TokenSource, observer Observer) {
	failures := 0
	for ctx.Err() == nil {
		opened := time.Now()
		err := c.attempt(ctx, baseURL, token, observer)
		if ctx.Err() != nil {
			return
		}
		observer.Lost(err)
		// A stream that lived starts over with short waits; one that is closed
		// as soon as it opens does not.
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
	secret, err := token(ctx)
	if err != nil {
		return err
	}
	return c.Watch(ctx, Target{BaseURL: baseURL, Token: secret}, observer.Status)
}
