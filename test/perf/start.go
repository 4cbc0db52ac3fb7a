package main

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

const starts = 7

// measureStart starts the runtime again and again with an empty data directory
// and with the paired one of an account, as a pod does after an eviction.
func measureStart(ctx context.Context, l *lab) error {
	a, err := l.imported(ctx, "small", small(time.Now()))
	if err != nil {
		return err
	}
	var first, again, cpu []float64
	for i := range starts {
		dir, err := l.folder(fmt.Sprint("start", i))
		if err != nil {
			return err
		}
		took, _, err := l.startOnce(ctx, dir)
		if err != nil {
			return err
		}
		first = append(first, took.Seconds()*1000)
		took, used, err := l.startOnce(ctx, a.dir)
		if err != nil {
			return err
		}
		again, cpu = append(again, took.Seconds()*1000), append(cpu, used.Seconds()*1000)
	}
	note := fmt.Sprintf("process start to an answer of /ping, median of %d", starts)
	others := l.sinceSection().others
	l.report(figure{name: "start.paired", value: median(again), unit: "ms", others: others, note: note + ", with a paired session"})
	l.report(figure{name: "start.empty", value: median(first), unit: "ms", others: others, note: note + ", with an empty data directory"})
	l.report(figure{name: "start.cpu", value: median(cpu), unit: "CPU ms", note: "of the paired session, until it answers"})
	return nil
}

// startOnce starts and stops the runtime, and says how long it took to answer.
func (l *lab) startOnce(ctx context.Context, dir string) (took, cpu time.Duration, err error) {
	r, err := l.start(ctx, dir)
	if err != nil {
		return 0, 0, err
	}
	if _, err := r.call(ctx, http.MethodGet, "/ping", nil, nil); err != nil {
		return 0, 0, err
	}
	took, cpu = time.Since(r.started), r.time()
	return took, cpu, r.stop()
}
