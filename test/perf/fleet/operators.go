package main

import (
	"context"
	"time"
)

// operators are one, or one for each shard.
type operators []*operator

// measure returns the sum over all.
func (all operators) measure(ctx context.Context) (figuresOf, error) {
	var sum figuresOf
	for _, o := range all {
		f, err := o.measure(ctx)
		if err != nil {
			return sum, err
		}
		sum = sum.plus(f)
	}
	return sum, nil
}

// await waits until the sum over all is good. An operator that does not serve
// its metrics yet is waited for.
func (all operators) await(ctx context.Context, good func(figuresOf) bool) error {
	for {
		for _, o := range all {
			if err := o.check(); err != nil {
				return err
			}
		}
		if f, err := all.measure(ctx); err == nil && good(f) {
			return nil
		}
		if err := pause(ctx, 100*time.Millisecond); err != nil {
			return err
		}
	}
}

// quietFor is how long operators write nothing before they count as settled.
const quietFor = 5 * time.Second

// awaitQuiet waits until the operators have written nothing for a while.
func (all operators) awaitQuiet(ctx context.Context) error {
	writes, since := -1.0, time.Now()
	return all.await(ctx, func(f figuresOf) bool {
		if f.writes != writes {
			writes, since = f.writes, time.Now()
		}
		return time.Since(since) > quietFor
	})
}
