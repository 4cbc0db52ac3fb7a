package main

import "context"

// relieve makes room on a full volume: files beyond their bounds go, and what
// was written is moved out of the write-ahead log, which is then cut.
func (p *process) relieve(ctx context.Context) {
	if !p.opened.Load() {
		return
	}
	if err := p.media.Sweep(ctx); err != nil && ctx.Err() == nil {
		p.log.Warn("Media files could not be removed from the full volume", "error", err)
	}
	p.tidy(ctx)
}
