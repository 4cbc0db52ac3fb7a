package main

import (
	"context"
	"time"
)

// stopTime is how long the process may take to end after it was asked to. A disk
// that does not answer would keep it for good; what is committed survives its end.
const stopTime = 10 * time.Second

// endWithin calls exit when ctx has been over for a time, unless the function it
// returns was called before.
func endWithin(ctx context.Context, d time.Duration, exit func()) (ended func()) {
	done := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-done:
		case <-timer.C:
			exit()
		}
	})
	return func() {
		stop()
		close(done)
	}
}
