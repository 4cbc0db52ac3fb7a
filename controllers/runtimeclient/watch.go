package runtimeclient

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"golang.org/x/time/rate"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
)

// How an open stream can end.
var (
	// ErrSilent: neither a status nor a heartbeat arrived for too long.
	ErrSilent = errors.New("the runtime's status stream went silent")
	// ErrEnded: the runtime closed the stream, as it does when it stops.
	ErrEnded = errors.New("the runtime closed the status stream")
	// ErrMalformed: a line was too long or not a status.
	ErrMalformed = errors.New("the runtime's status stream is malformed")
)

// How many lines per second are read from a pod, and in a burst.
const (
	linesPerSecond = 20
	lineBurst      = 100
)

// Watch opens the status stream once and calls on for every status, one at a
// time, until the stream ends or ctx is done. It always returns an error: one of
// this package, or the cause of ctx.
func (c *Client) Watch(ctx context.Context, target Target, on func(runtimev1.Status)) error {
	streamCtx, end := context.WithCancelCause(ctx)
	defer end(nil)

	response, err := aside(func() (*http.Response, error) {
		return c.do(streamCtx, http.MethodGet, target, runtimev1.StatusPath+"?watch=true")
	})
	if err != nil {
		return err
	}
	defer response.Body.Close() // the stream has ended by then
	if response.StatusCode != http.StatusOK {
		return statusError(response.StatusCode)
	}

	// Only a whole line proves that the runtime is alive: a trickle of bytes does
	// not reset the timer.
	silence := time.AfterFunc(c.options.Silence, func() { end(ErrSilent) })
	defer silence.Stop()

	pace := rate.NewLimiter(linesPerSecond, lineBurst)
	lines := bufio.NewScanner(response.Body)
	lines.Buffer(make([]byte, 0, 1<<10), c.options.MaxLine)
	for lines.Scan() {
		silence.Stop() // the time spent in on does not count as the pod's silence
		if line := bytes.TrimSpace(lines.Bytes()); len(line) > 0 {
			if _, err := aside(func() (*runtimev1.Status, error) { return report(line, on) }); err != nil {
				return err
			}
		}
		// Limit the rate of a flooding pod: its lines wait in its own buffers.
		// Heartbeats count too, as reading them is work.
		if err := pace.Wait(streamCtx); err != nil {
			break
		}
		silence.Reset(c.options.Silence)
	}
	if cause := context.Cause(streamCtx); cause != nil {
		return cause
	}
	if errors.Is(lines.Err(), bufio.ErrTooLong) {
		return fmt.Errorf("%w: a line exceeds %d bytes", ErrMalformed, c.options.MaxLine)
	}
	return ErrEnded
}

// report parses a line and calls on with its status.
func report(line []byte, on func(runtimev1.Status)) (*runtimev1.Status, error) {
	var status runtimev1.Status
	if err := json.Unmarshal(line, &status); err != nil {
		return nil, fmt.Errorf("%w: a line is not a status", ErrMalformed)
	}
	bound(&status)
	on(status)
	return &status, nil
}

// aside calls f in a goroutine of its own and waits for it. A stack keeps the size
// that it once needed. That of a stream, which waits nearly always, stays at half
// the size that opening it or handling a status takes, and there are thousands.
func aside[T any](f func() (T, error)) (result T, err error) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		result, err = f()
	}()
	<-done
	return result, err
}
