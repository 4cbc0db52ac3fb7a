// Command e2e installs wasession with Helm on a real node and goes through a session's
// life there: pairing, messages, and everything that a cluster does to pods. It needs
// root on Linux. See docs/e2e.md.
package main

import (
	"context"
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/go-logr/logr"
	ctrl "sigs.k8s.io/controller-runtime"

	"github.com/wasession/wasession/test/controlplane"
	"github.com/wasession/wasession/test/perf/figures"
	"github.com/wasession/wasession/test/realnode"
	"github.com/wasession/wasession/test/story"
)

//go:embed thresholds.yaml
var thresholdsFile []byte

// options are the command's flags.
type options struct {
	assets, nodeAssets, pause       string
	helm, image, prometheus, plugin string
	logs, answers                   string
	check                           bool
	sessions                        int
	timeout                         time.Duration
	// root is the checkout.
	root string
}

func main() {
	realnode.Init()
	ctrl.SetLogger(logr.Discard())
	o, err := parse()
	switch {
	case err != nil:
	case o.check:
		err = realnode.Check()
	case realnode.Folder() == "":
		os.Exit(realnode.Enter())
	default:
		err = run(o)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "\ne2e:", err)
		os.Exit(1)
	}
}

func parse() (o options, err error) {
	flag.StringVar(&o.assets, "assets", "", "The folder with etcd and kube-apiserver.")
	flag.StringVar(&o.nodeAssets, "node-assets", "", "The folder with kubelet and the rest of a node.")
	flag.StringVar(&o.pause, "pause", "bin/wasession-pause", "The program of pods' first containers.")
	flag.StringVar(&o.helm, "helm", "", "The command helm.")
	flag.StringVar(&o.image, "image", "", "The archive of wasession's image, for docker load.")
	flag.StringVar(&o.prometheus, "prometheus", "", "The command prometheus.")
	flag.StringVar(&o.plugin, "plugin", "bin/kubectl-wasession", "The plugin of kubectl.")
	flag.StringVar(&o.logs, "logs", "bin/e2e-logs", "The folder to which the logs are copied after a failure.")
	flag.StringVar(&o.answers, "answers", "", "The file to which what the dashboard shows is written, for pictures.")
	flag.BoolVar(&o.check, "check", false, "Only say whether this machine can have a node.")
	flag.IntVar(&o.sessions, "sessions", 50, "How many sessions the figures are of.")
	flag.DurationVar(&o.timeout, "timeout", 20*time.Minute, "How long everything may take.")
	flag.Parse()
	o.root, err = controlplane.ModuleRoot(".")
	for _, path := range []*string{&o.assets, &o.nodeAssets, &o.pause, &o.helm, &o.image, &o.prometheus, &o.plugin, &o.logs, &o.answers} {
		if *path == "" {
			continue
		}
		absolute, failed := filepath.Abs(*path)
		err = errors.Join(err, failed)
		*path = absolute
	}
	return o, err
}

// run starts everything, goes through the chapters, and stops it again.
func run(o options) (err error) {
	interrupted, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctx, cancel := context.WithTimeoutCause(interrupted, o.timeout, fmt.Errorf("not finished after %v (--timeout)", o.timeout))
	defer cancel()
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)

	limits, err := figures.Parse(thresholdsFile)
	if err != nil {
		return err
	}
	l := &lab{options: o, story: story.New(os.Stdout), fail: fail}
	defer func() {
		if err != nil {
			err = errors.Join(err, l.keepLogs())
		}
		err = errors.Join(err, l.stop())
	}()
	if err := l.start(ctx); err != nil {
		return explain(ctx, err)
	}
	for _, c := range chapters {
		l.story.Chapter(c.title)
		l.story.RestartClock()
		if err := c.run(l, ctx); err != nil {
			return explain(ctx, fmt.Errorf("%s: %w", c.title, err))
		}
	}
	l.story.Chapter("Measured")
	return figures.Report(os.Stdout, l.measured, limits, []string{"e2e"}, "All chapters passed in "+l.story.SinceStart()+".")
}

// chapters are what happens, in order. Each finds the session as it was left before.
var chapters = []struct {
	title string
	run   func(*lab, context.Context) error
}{
	{"Getting started", (*lab).guide},
	{"From a manifest to a paired session", (*lab).pair},
	{"Messages", (*lab).messages},
	{"The gateway", (*lab).checkGateway},
	{"NetworkPolicies", (*lab).policies},
	{"A pod that is deleted, a process that is killed", (*lab).disturbPod},
	{"The operator and kubelet are killed", (*lab).disturbOthers},
	{"A node is lost", (*lab).loseNode},
	{"Rollouts", (*lab).rollouts},
	{"Stop, start, grow, archive", (*lab).changes},
	{"Deletion and adoption", (*lab).deletion},
	{"Figures", (*lab).figures},
	{"Metrics, alerts and the dashboard", (*lab).monitoring},
	{"A namespace is deleted", (*lab).namespace},
	{"Uninstall", (*lab).uninstall},
}

// explain puts an interruption, the timeout or a program's end before the error that it
// caused.
func explain(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil && !errors.Is(err, cause) {
		return fmt.Errorf("%w; while: %w", cause, err)
	}
	return err
}
