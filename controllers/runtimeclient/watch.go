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

// How a stream that was open can end.
var (
	// ErrSilent: neither a status nor a heartbeat arrived for too long.
	ErrSilent = errors.New("the runtime's status stream went silent")
	// ErrEnded: the runtime closed the stream, as it does when it stops.
	ErrEnded = errors.New("the runtime closed the status stream")
	// ErrMalformed: a line was too long or no status.
	ErrMalformed = errors.New("the runtime's status stream is malformed")
)

// How many lines a second are read of a pod, and how many at once.
const (
	linesPerSecond = 20
	lineBurst      = 100
)

// Watch opens the status stream once and calls on with every status, one at a
// time, until the stream ends or ctx is done. It always returns an error: one
// of this package, or the cause of ctx.
func (c *Client) Watch(ctx context.Context, target Target, on func(runtimev1.Status)) error {
	streamCtx, end := context.WithCancelCause(ctx)
	defer end(nil)

	response, err := c.do(streamCtx, http.MethodGet, target, runtimev1.StatusPath+"?watch=true")
	if err != nil {
		return err
	}
	defer response.Body.Close() // the stream is over then
	if response.StatusCode != http.StatusOK {
		return statusError(response.StatusCode)
	}

	// Only a whole line proves that the runtime is alive: a trickle of bytes
	// does not put the end off.
	silence := time.AfterFunc(c.options.Silence, func() { end(ErrSilent) })
	defer silence.Stop()

	pace := rate.NewLimiter(linesPerSecond, lineBurst)
	lines := bufio.NewScanner(response.Body)
	lines.Buffer(make([]byte, 0, 1<<10), c.options.MaxLine)
	for lines.Scan() {
		silence.Stop() // the time that on takes is not the pod's
		if line := bytes.TrimSpace(lines.Bytes()); len(line) > 0 {
			var status runtimev1.Status
			if err := json.Unmarshal(line, &status); err != nil {
				return fmt.Errorf("%w: a line is not a status", ErrMalformed)
			}
			bound(&status)
			on(status)
		}
		// A pod that talks without end is listened to no faster: what it sends waits
		// in its own buffers. Heartbeats count as well: reading them is work too.
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
