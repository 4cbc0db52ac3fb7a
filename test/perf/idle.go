package main

import (
	"context"
	"fmt"
	"time"
)

// measureIdle reads the memory of a connected session that has nothing to do.
func measureIdle(ctx context.Context, l *lab) error {
	for _, name := range []string{"small", "large"} {
		spec := small
		if name == "large" {
			spec = large
		}
		a, err := l.imported(ctx, name, spec(time.Now()))
		if err != nil {
			return err
		}
		r, err := l.start(ctx, a.dir)
		if err != nil {
			return err
		}
		r.quiet()
		if err := r.working(ctx); err != nil {
			return err
		}
		m, err := r.settled(ctx)
		if err != nil {
			return err
		}
		l.report(figure{name: "idle.rss-" + name, value: m.now, unit: "MB",
			note: fmt.Sprintf("connected, %d messages stored; %.1f MB anonymous, the rest is the mapped program", a.messages, m.anonymous)})
		l.report(figure{name: "idle.rss-imported-" + name, value: a.memory.now, unit: "MB",
			note: fmt.Sprintf("some seconds after the import; %.1f MB anonymous", a.memory.anonymous)})
		if err := r.stop(); err != nil {
			return err
		}
	}
	return nil
}
