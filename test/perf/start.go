package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/wasession/wasession/test/perf/figures"
	"github.com/wasession/wasession/test/simulator"
)

// starts is how often each process is started. The best time counts, since other
// load on the machine only adds to it.
const starts = 15

// measureStart starts processes repeatedly: the bare client, a session without
// messages, and one with many. Each is linked, as after an eviction of its pod.
func measureStart(ctx context.Context, l *lab) error {
	a, err := l.imported(ctx, "large")
	if err != nil {
		return err
	}
	ours, err := l.ours(ctx)
	if err != nil {
		return err
	}
	theirs, err := l.theirs(ctx)
	if err != nil {
		return err
	}
	if err := stopAll(ours, theirs); err != nil {
		return err
	}
	runtime := func(dir string) func() (*child, error) {
		return func() (*child, error) {
			r, err := l.start(ctx, dir)
			if err != nil {
				return nil, err
			}
			r.quiet()
			return r.child, nil
		}
	}
	bare := &starter{comp: theirs.comp, start: func() (*child, error) {
		b, err := l.startBare(theirs.dir)
		if err != nil {
			return nil, err
		}
		return b.child, nil
	}}
	none := &starter{comp: ours.comp, start: runtime(ours.dir)}
	many := &starter{comp: a.user.Companion(), start: runtime(a.dir)}
	all := []*starter{bare, none, many}
	for round := range starts {
		for i := range all {
			if err := all[(round+i)%len(all)].once(ctx); err != nil {
				return err
			}
		}
	}
	l.reportStart(bare, none, many, a.messages)
	return l.startEmpty(ctx)
}

func (l *lab) reportStart(bare, none, many *starter, messages int) {
	none.report(l, "start.connected", bare, fmt.Sprintf("process start until the phone sees the session, the best of %d in turn", starts))
	many.report(l, "start.many", none, fmt.Sprintf("with %d messages, against none", messages))
	l.report(figures.Figure{Name: "start.more", Ours: slices.Min(none.took) - slices.Min(bare.took), Unit: "ms", Others: l.sinceSection().Others, Note: "than the bare client takes"})
	l.report(figures.Compared("start.cpu", "CPU ms", none.cpu, bare.cpu,
		"from the start to the end of a process that did nothing else"))
}

// starter is a linked client that is not running.
type starter struct {
	comp      *simulator.Companion
	start     func() (*child, error)
	took, cpu []float64 // ms
}

// report compares the best start with another's.
func (s *starter) report(l *lab, name string, against *starter, note string) {
	best, other := slices.Min(s.took), slices.Min(against.took)
	l.report(figures.Figure{Name: name, Ours: best, Against: other, Ratio: best / other, Unit: "ms", Note: note})
}

// once starts the client, waits until it is connected, and stops it.
func (s *starter) once(ctx context.Context) error {
	if err := s.comp.WaitDisconnected(ctx); err != nil {
		return err
	}
	type moment struct {
		at  time.Time
		err error
	}
	connected := make(chan moment, 1)
	go func() {
		err := s.comp.WaitConnected(ctx)
		connected <- moment{time.Now(), err}
	}()
	c, err := s.start()
	if err != nil {
		return err
	}
	m := <-connected
	if m.err != nil {
		return m.err
	}
	s.took = append(s.took, 1000*m.at.Sub(c.started).Seconds())
	if err := c.stop(); err != nil {
		return err
	}
	s.cpu = append(s.cpu, 1000*c.time().Seconds())
	return nil
}

// startEmpty starts a new session and waits until it answers.
func (l *lab) startEmpty(ctx context.Context) error {
	var took []float64
	for i := range starts {
		dir, err := l.folder(fmt.Sprint("start", i))
		if err != nil {
			return err
		}
		r, err := l.start(ctx, dir)
		if err != nil {
			return err
		}
		if _, err := r.call(ctx, http.MethodGet, "/ping", nil, nil); err != nil {
			return err
		}
		took = append(took, 1000*time.Since(r.started).Seconds())
		if err := r.stop(); err != nil {
			return err
		}
	}
	l.report(figures.Figure{Name: "start.empty", Ours: figures.Median(took), Unit: "ms", Others: l.sinceSection().Others,
		Note: "process start to an answer of /ping, with an empty data directory"})
	return nil
}
