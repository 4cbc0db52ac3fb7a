package main

import (
	"context"
	"time"
)

// stopTime is the time limit for a shutdown. A disk that is not responding would
// block it forever; committed data survives an abrupt exit.
const stopTime = 10 * time.Second

// endWithin calls exit once d has passed after the end of ctx, unless the returned
// function was called before.
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
