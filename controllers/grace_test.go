package controllers

import (
	"testing"
	"time"

	"github.com/wasession/wasession/controllers/streams"
)

func TestHowLongAClosedStreamIsTolerated(t *testing.T) {
	const grace = 30 * time.Second
	begin := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	cases := []struct {
		name  string
		seen  streams.Observation
		after time.Duration
		want  bool
		again time.Duration
	}{
		{"just followed", streams.Observation{}, 0, true, grace},
		// With thousands of streams to open, some wait for long: that is no reason
		// for a status that changes.
		{"not tried for long", streams.Observation{}, time.Hour, true, grace},
		{"failed just now", streams.Observation{Tried: true}, 10 * time.Second, true, 20 * time.Second},
		{"failed for long", streams.Observation{Tried: true}, grace, false, 0},
		{"open", streams.Observation{Tried: true, Open: true}, time.Hour, false, 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := &scope{now: begin.Add(c.after)}
			c.seen.Since = begin
			if got := s.runtimeOf(c.seen, grace); got.Grace != c.want || s.requeueAfter != c.again {
				t.Errorf("tolerated: %v, looked at again after %s; want %v, %s", got.Grace, s.requeueAfter, c.want, c.again)
			}
		})
	}
}
