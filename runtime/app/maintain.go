package app

import (
	"context"
	"time"
)

// maintainEvery is how often the store is maintained and expired messages are
// removed.
const maintainEvery = 10 * time.Minute

// maintain maintains the store periodically.
func (a *App) maintain(ctx context.Context) {
	tick := time.NewTicker(maintainEvery)
	defer tick.Stop()
	for {
		a.tidy(ctx)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// steady is a monotonic clock for ages: steps of the system clock do not affect
// it.
func (a *App) steady() time.Time { return a.began.Add(time.Since(a.began)) }

func (a *App) tidy(ctx context.Context) {
	if seconds := a.config().History.RetentionSeconds; seconds > 0 {
		removed, err := a.Store.Expire(ctx, a.steady().Unix()-seconds)
		if err != nil && ctx.Err() == nil {
			a.log.Warn("Failed to remove expired messages", "error", err)
		}
		if removed > 0 {
			a.log.Info("Removed expired messages", "messages", removed)
		}
	}
	if err := a.Store.Maintain(ctx); err != nil && ctx.Err() == nil {
		a.log.Warn("Store maintenance failed", "error", err)
	}
}
