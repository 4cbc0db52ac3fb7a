package main

import (
	"context"
	"time"
)

// maintainEvery is how often the store is tidied, and messages that have reached
// their age are removed.
const maintainEvery = 10 * time.Minute

// maintain tidies the store now and then.
func (p *process) maintain(ctx context.Context) {
	tick := time.NewTicker(maintainEvery)
	defer tick.Stop()
	for {
		p.tidy(ctx)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// steady is the clock that ages are counted by. A step of the system's clock does
// not move it.
func (p *process) steady() time.Time { return p.began.Add(time.Since(p.began)) }

func (p *process) tidy(ctx context.Context) {
	if seconds := p.config.Load().Config.History.RetentionSeconds; seconds > 0 {
		removed, err := p.store.Expire(ctx, p.steady().Unix()-seconds)
		if err != nil && ctx.Err() == nil {
			p.log.Warn("Old messages could not be removed", "error", err)
		}
		if removed > 0 {
			p.log.Info("Messages that reached their age were removed", "messages", removed)
		}
	}
	if err := p.store.Maintain(ctx); err != nil && ctx.Err() == nil {
		p.log.Warn("The store could not be tidied", "error", err)
	}
}
