package cluster

import (
	"context"
	"time"
)

// Eventually retries, with a short pause between, until done or ctx ends.
func Eventually(ctx context.Context, done func() (bool, error)) error {
	ticker := time.NewTicker(200 * time.Millisecond)
	defer ticker.Stop()
	for {
		ok, err := done()
		if ok {
			return nil
		}
		select {
		case <-ctx.Done():
			if err != nil {
				return err
			}
			return context.Cause(ctx)
		case <-ticker.C:
		}
	}
}
