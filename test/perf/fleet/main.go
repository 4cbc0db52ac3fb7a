// Command fleet measures the shipped operator, in its own process, with a fleet
// of sessions on a real API server, and judges it by the thresholds beside it.
// This program plays scheduler, kubelet and session pods, which follow the
// runtime's contract with the operator; see docs/performance.md.
package main

import (
	"context"
	_ "embed"
	"flag"
	"fmt"
	"os"
	"time"

	"github.com/go-logr/logr"
	ctrllog "sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/wasession/wasession/test/perf/figures"
)

//go:embed thresholds.yaml
var thresholdsFile []byte

func main() {
	ctrllog.SetLogger(logr.Discard())
	figures.Main("fleet", run)
}

// options are the command's flags.
type options struct {
	sessions, shards, edits int
	binary                  string
	quiet                   time.Duration
}

func run(ctx context.Context) error {
	var o options
	flag.IntVar(&o.sessions, "sessions", 1000, "How many sessions there are.")
	flag.IntVar(&o.shards, "shards", 1, "How many operators share them.")
	flag.IntVar(&o.edits, "edits", 200, "How many sessions of the settled fleet are changed.")
	flag.StringVar(&o.binary, "operator", "bin/wasession-operator", "The operator's binary.")
	flag.DurationVar(&o.quiet, "quiet", time.Minute, "How long the settled fleet is watched for writes.")
	flag.Parse()

	if err := needFiles(o.sessions); err != nil {
		return err
	}
	limits, err := figures.Parse(thresholdsFile)
	if err != nil {
		return err
	}
	l, err := newLab(ctx, o)
	if err != nil {
		return err
	}
	defer l.close()
	for _, section := range []func(context.Context) error{l.create, l.settle, l.restart, l.edit, l.compare} {
		if err := section(ctx); err != nil {
			return err
		}
	}
	return figures.Report(os.Stdout, l.figures, limits, []string{l.name()},
		fmt.Sprintf("%d sessions, operators: %d; over the whole run, %s.", o.sessions, o.shards, figures.MachineTime().Since(l.began, l.ownTime())))
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
