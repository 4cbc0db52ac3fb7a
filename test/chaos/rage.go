package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"
)

// hands is how many sessions things happen to at the same time. All that
// happens to one session is done by the same hand, in order.
const hands = 8

// rage makes things happen for the given time.
func (c *chaos) rage(ctx context.Context, o options) error {
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	var working sync.WaitGroup
	sessions := make([]chan step, hands)
	for i := range sessions {
		sessions[i] = make(chan step, 16)
		working.Go(func() { c.disturbSessions(ctx, sessions[i], fail) })
	}
	world := make(chan step, 16)
	working.Go(func() { c.disturbWorld(ctx, world, fail) })

	plan, end, told := newPlanner(o.seed), time.Now().Add(o.duration), time.Now()
	for time.Now().Before(end) && ctx.Err() == nil {
		s := plan.next()
		if pause(ctx, s.pause) != nil {
			break
		}
		if err := c.violations(); err != nil {
			fail(err)
			break
		}
		c.counts[s.kind]++
		if s.kind.ofSession() {
			sessions[s.subject%len(c.wishes)%hands] <- s
		} else {
			world <- s
		}
		if time.Since(told) > time.Minute {
			told = time.Now()
			fmt.Printf("chaos: %s left\n", time.Until(end).Round(time.Second))
		}
	}
	for _, hand := range sessions {
		close(hand)
	}
	close(world)
	working.Wait()
	return context.Cause(ctx)
}

// disturbSessions makes steps happen to the sessions of one hand.
func (c *chaos) disturbSessions(ctx context.Context, steps <-chan step, fail context.CancelCauseFunc) {
	for s := range steps {
		if ctx.Err() != nil {
			continue // until the channel is closed
		}
		if err := c.disturb(ctx, c.wishes[s.subject%len(c.wishes)], s); err != nil {
			fail(err)
		}
	}
}

// disturbWorld makes steps happen to nodes, operators and the API server, and
// ends what has lasted long enough.
func (c *chaos) disturbWorld(ctx context.Context, steps <-chan step, fail context.CancelCauseFunc) {
	clock := time.NewTicker(100 * time.Millisecond)
	defer clock.Stop()
	for open := true; open; {
		var err error
		select {
		case s, more := <-steps:
			if open = more; open && ctx.Err() == nil {
				err = c.act(ctx, s)
			}
		case <-clock.C:
			if ctx.Err() == nil {
				err = errors.Join(c.settleDue(ctx, false), c.lab.operators.check(c.trouble))
			}
		}
		if err != nil {
			fail(err)
		}
	}
}

// violations is what must not happen at any time.
func (c *chaos) violations() error {
	if found := c.lab.nodes.Violations(); len(found) > 0 {
		return errors.New(strings.Join(found, "\n"))
	}
	return nil
}
