package main

import (
	"context"
	"testing"
	"time"
)

func TestAProcessThatHangsIsEnded(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	exited := make(chan struct{})
	ended := endWithin(ctx, time.Millisecond, func() { close(exited) })
	defer ended()
	cancel()
	select {
	case <-exited:
	case <-time.After(patience):
		t.Error("it goes on for ever")
	}
}

func TestAProcessThatEndsIsLeftAlone(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	ended := endWithin(ctx, time.Hour, func() { t.Error("it was cut off") })
	cancel()
	ended()
}
