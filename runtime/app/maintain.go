package app

import (
	"context"
	"time"
)

// maintainEvery is how often the store is tidied, and messages that have reached
// their age are removed.
const maintainEvery = 10 * time.Minute

// maintain tidies the store now and then.
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

// steady is the clock that ages are counted by. A step of the system's clock does
// not move it.
func (a *App) steady() time.Time { return a.began.Add(time.Since(a.began)) }

func (a *App) tidy(ctx context.Context) {
	if seconds := a.config().History.RetentionSeconds; seconds > 0 {
		removed, err := a.Store.Expire(ctx, a.steady().Unix()-seconds)
		if err != nil && ctx.Err() == nil {
			a.log.Warn("Old messages could not be removed", "error", err)
		}
		if removed > 0 {
			a.log.Info("Messages that reached their age were removed", "messages", removed)
		}
	}
	if err := a.Store.Maintain(ctx); err != nil && ctx.Err() == nil {
		a.log.Warn("The store could not be tidied", "error", err)
	}
}
