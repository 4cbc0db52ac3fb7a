// Command fleet measures the shipped operator, in its own process, with a fleet
// of sessions on a real API server. This program plays scheduler, kubelet and
// session pods, which follow the runtime's contract with the operator; see
// docs/performance.md.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	ctrllog "sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/go-logr/logr"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctrllog.SetLogger(logr.Discard())
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "fleet:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	sessions := flag.Int("sessions", 1000, "How many sessions there are.")
	binary := flag.String("operator", "bin/wasession-operator", "The operator's binary.")
	quiet := flag.Duration("quiet", time.Minute, "How long the settled fleet is watched for writes.")
	qps := flag.Int("kube-api-qps", 100, "The operator's flag of that name.")
	flag.Parse()

	cluster, err := startCluster(ctx)
	if err != nil {
		return err
	}
	defer cluster.stop()
	kubelet, err := startKubelet(ctx, cluster, *sessions)
	if err != nil {
		return err
	}
	defer kubelet.stop()
	operator, err := startOperator(*binary, cluster.kubeconfig, *qps)
	if err != nil {
		return err
	}
	defer func() { operator.stop() }()
	if err := operator.awaitReady(ctx); err != nil {
		return err
	}
	idle, err := operator.measure(ctx)
	if err != nil {
		return err
	}
	fmt.Printf("operator without sessions: %s\n", idle)

	created := time.Now()
	if err := cluster.createSessions(ctx, *sessions); err != nil {
		return err
	}
	fmt.Printf("%d sessions created in %.1f s\n", *sessions, time.Since(created).Seconds())
	if err := cluster.awaitReady(ctx, *sessions); err != nil {
		return err
	}
	fmt.Printf("all of them ready %.1f s after the first was created\n", time.Since(created).Seconds())
	if err := operator.awaitQuiet(ctx); err != nil {
		return err
	}
	settled, err := operator.measure(ctx)
	if err != nil {
		return err
	}
	fmt.Printf("operator: %s\n", settled)
	fmt.Printf("writes for each session: %.1f, reads: %.1f, reconciles: %.1f\n",
		perSession(settled.writes-idle.writes, *sessions), perSession(settled.reads-idle.reads, *sessions), perSession(settled.reconciles-idle.reconciles, *sessions))
	if err := watchQuiet(ctx, operator, "settled", *quiet); err != nil {
		return err
	}

	operator.stop()
	again := time.Now()
	if operator, err = startOperator(*binary, cluster.kubeconfig, *qps); err != nil {
		return err
	}
	if err := operator.awaitStreams(ctx, *sessions); err != nil {
		return err
	}
	fmt.Printf("restarted: all streams open after %.1f s\n", time.Since(again).Seconds())
	return watchQuiet(ctx, operator, "after the restart", *quiet)
}

// watchQuiet fails if the operator writes anything during that time or, as
// after a restart, has written anything before it.
func watchQuiet(ctx context.Context, o *operator, when string, quiet time.Duration) error {
	before, err := o.measure(ctx)
	if err != nil {
		return err
	}
	if when == "settled" {
		before.base = before.writes
	}
	if err := pause(ctx, quiet); err != nil {
		return err
	}
	after, err := o.measure(ctx)
	if err != nil {
		return err
	}
	wrote := after.writes - before.base
	fmt.Printf("%s, over %s: %.0f writes, %.2f s of CPU; %s\n", when, quiet, wrote, after.cpu.Seconds()-before.cpu.Seconds(), after)
	if wrote > 0 {
		return fmt.Errorf("a settled fleet cost %.0f writes %s", wrote, when)
	}
	return nil
}

func perSession(count float64, sessions int) float64 { return count / float64(sessions) }

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
