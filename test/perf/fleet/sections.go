package main

import (
	"context"
	"fmt"
	"time"

	"github.com/wasession/wasession/test/perf/figures"
)

const mebibyte = 1 << 20

// create makes the fleet and waits until all of it is ready.
func (l *lab) create(ctx context.Context) error {
	l.begin(fmt.Sprintf("creating %d sessions", l.sessions))
	ready, err := l.cluster.countReady(ctx, namespace)
	if err != nil {
		return err
	}
	began := time.Now()
	if err := l.cluster.createSessions(ctx, l.sessions, l.shards); err != nil {
		return err
	}
	if err := ready.await(ctx, l.sessions); err != nil {
		return err
	}
	l.took = time.Since(began)
	if err := l.operators.awaitQuiet(ctx); err != nil {
		return err
	}
	settled, err := l.operators.measure(ctx)
	if err != nil {
		return err
	}
	l.report(figures.Figure{Name: "writes", Ours: l.each(settled.writes - l.idle.writes), Unit: "requests", Note: "for a session, until it is ready, Events included"})
	l.report(figures.Figure{Name: "reads", Ours: l.each(settled.reads - l.idle.reads), Unit: "requests",
		Note: fmt.Sprintf("for a session; %.1f reconciles", l.each(settled.reconciles-l.idle.reconciles))})
	l.report(figures.Figure{Name: "failed", Ours: settled.errors, Unit: "reconciles", Note: "until all were ready"})
	return nil
}

// settle watches the settled fleet while every session receives messages.
func (l *lab) settle(ctx context.Context) error {
	others := l.begin(fmt.Sprintf("watching the settled fleet for %s, with messages everywhere", l.quiet))
	defer l.kubelet.chatter(ctx)()
	before, err := l.operators.measure(ctx)
	if err != nil {
		return err
	}
	if err := pause(ctx, l.quiet); err != nil {
		return err
	}
	after, err := l.operators.measure(ctx)
	if err != nil {
		return err
	}
	l.report(figures.Figure{Name: "settled-writes", Ours: after.writes - before.writes, Unit: "requests",
		Note: fmt.Sprintf("in %s with a report from every session each second", l.quiet)})
	l.report(figures.Figure{Name: "rss-each", Ours: l.each(float64(after.rss-l.idle.rss)) / 1024, Unit: "KiB", Note: "for a session, over the operator without any"})
	l.report(figures.Figure{Name: "rss", Ours: float64(after.rss) / mebibyte / float64(l.shards), Unit: "MiB",
		Note: fmt.Sprintf("of an operator meanwhile; peak %d MiB, without sessions %d MiB", after.peak/mebibyte/int64(l.shards), l.idle.rss/mebibyte/int64(l.shards))})
	l.report(figures.Figure{Name: "settled-cpu", Ours: 100 * (after.cpu - before.cpu).Seconds() / l.quiet.Seconds(), Unit: "% of a core", Others: others()})
	return nil
}

// restart measures how long new operators take until they follow every pod
// again, and what they write meanwhile: a status that flaps is two writes.
func (l *lab) restart(ctx context.Context) error {
	others := l.begin("restarting the operator")
	l.stopOperators()
	began := time.Now()
	if err := l.startOperators(ctx); err != nil {
		return err
	}
	if err := l.operators.await(ctx, func(f figuresOf) bool { return f.streams >= float64(l.sessions) }); err != nil {
		return err
	}
	took := time.Since(began)
	// Streams are tolerated to be closed for half a minute: wait until that is over.
	if err := pause(ctx, max(0, 45*time.Second-took)); err != nil {
		return err
	}
	after, err := l.operators.measure(ctx)
	if err != nil {
		return err
	}
	l.report(figures.Figure{Name: "restart", Ours: l.each(float64(took.Microseconds())) / 1000, Unit: "ms", Others: others(),
		Note: fmt.Sprintf("for a session; all streams open after %.1f s", took.Seconds())})
	l.report(figures.Figure{Name: "restart-writes", Ours: after.writes, Unit: "requests", Note: "in the 45 s after the start; no status flaps"})
	l.report(figures.Figure{Name: "restart-rss", Ours: float64(after.rss) / mebibyte / float64(l.shards), Unit: "MiB", Note: "of an operator"})
	return nil
}

// compare has a bare client write the same objects.
func (l *lab) compare(ctx context.Context) error {
	l.begin("writing the same objects with a bare client")
	l.stopOperators()
	took, err := l.cluster.writeBare(ctx, l.network, l.sessions)
	if err != nil {
		return err
	}
	ours, bare := l.took.Seconds(), took.Seconds()
	l.report(figures.Figure{Name: "ready", Ours: ours, Against: bare, Ratio: ours / bare, Unit: "s", Note: "from the first creation until all are ready"})
	return nil
}
