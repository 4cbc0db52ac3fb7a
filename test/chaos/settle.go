package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/wasession/wasession/api/v1alpha1"
)

// keepClaims remembers the volumes that must be there in the end.
func (c *chaos) keepClaims(ctx context.Context) error {
	world, err := c.lab.look(ctx)
	if err != nil {
		return err
	}
	for _, w := range c.wishes {
		if w.policy == v1alpha1.VolumeRetain {
			w.claim = world.claims[w.name].UID
		}
	}
	return nil
}

// recover ends all trouble and waits until all sessions are right.
func (c *chaos) recover(ctx context.Context, patience time.Duration) (took time.Duration, err error) {
	if err := c.settleDue(ctx, true); err != nil {
		return 0, err
	}
	c.lab.proxy.Meet(nil)
	return c.awaitRight(ctx, patience)
}

// awaitRight waits until the world is as wished.
func (c *chaos) awaitRight(ctx context.Context, patience time.Duration) (took time.Duration, err error) {
	for start := time.Now(); ; {
		if err := errors.Join(c.violations(), c.lab.operators.check(c.trouble)); err != nil {
			return 0, err
		}
		world, err := c.lab.look(ctx)
		if err != nil {
			return 0, err
		}
		problems := world.problems(c.wishes)
		if len(problems) == 0 {
			return time.Since(start), nil
		}
		if time.Since(start) > patience {
			return 0, fmt.Errorf("after %s, %d problems are left:\n%s", patience, len(problems), strings.Join(problems[:min(20, len(problems))], "\n"))
		}
		if err := pause(ctx, time.Second); err != nil {
			return 0, err
		}
	}
}

// awaitQuiet waits until nothing has been written for the quiet time, and all
// is still right then. It returns when the last write was.
func (c *chaos) awaitQuiet(ctx context.Context, o options) (after time.Duration, err error) {
	start := time.Now()
	last, writes := start, -1
	for time.Since(last) < o.quiet {
		if now := c.lab.proxy.Counts().Writes; now != writes {
			last, writes = time.Now(), now
		}
		if time.Since(start) > o.patience {
			return 0, fmt.Errorf("the operator goes on writing: the last write was %s ago", time.Since(last))
		}
		if err := pause(ctx, 200*time.Millisecond); err != nil {
			return 0, err
		}
	}
	if _, err := c.awaitRight(ctx, 0); err != nil {
		return 0, err
	}
	return last.Sub(start), nil
}
