// Command chaos disturbs the shipped operator and a fleet of sessions on fake
// nodes, in every way at once: pods are killed and evicted, specs change,
// sessions come and go, nodes are lost, the API server fails, and the operator is
// killed. It fails if a session ever has two pods, if a session is not as its
// user wants it in the end, or if the operator goes on writing then. See
// docs/chaos.md.
package main

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/go-logr/logr"
	ctrllog "sigs.k8s.io/controller-runtime/pkg/log"
)

// options are the command's flags.
type options struct {
	binary   string
	sessions int
	duration time.Duration
	seed     uint64
	patience time.Duration
	quiet    time.Duration
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	ctrllog.SetLogger(logr.Discard())
	var o options
	flag.StringVar(&o.binary, "operator", "bin/wasession-operator", "The operator's binary.")
	flag.IntVar(&o.sessions, "sessions", 200, "How many sessions there are.")
	flag.DurationVar(&o.duration, "duration", 30*time.Minute, "How long the chaos lasts.")
	flag.Uint64Var(&o.seed, "seed", 0, "The seed of a run to be repeated. Defaults to a random one.")
	flag.DurationVar(&o.patience, "patience", 5*time.Minute, "How long all sessions may take to be right afterwards.")
	flag.DurationVar(&o.quiet, "quiet", 10*time.Second, "How long nothing is written in the end.")
	flag.Parse()
	if o.seed == 0 {
		o.seed = rand.Uint64()
	}
	err := run(ctx, o)
	stop()
	if err != nil {
		fmt.Fprintf(os.Stderr, "chaos: seed %d: %v\n", o.seed, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) (err error) {
	fmt.Printf("chaos: %d sessions, %s, seed %d\n", o.sessions, o.duration, o.seed)
	lab, err := startLab(ctx, o.binary)
	defer func() { lab.stop(err != nil) }()
	if err != nil {
		return err
	}
	c := &chaos{lab: lab, wishes: newWishes(o.sessions), counts: map[kind]int{}}
	for _, w := range c.wishes {
		if err := lab.Create(ctx, w.session()); err != nil {
			return fmt.Errorf("creating session %s: %w", w.name, err)
		}
	}
	took, err := c.awaitRight(ctx, o.patience)
	if err != nil {
		return err
	}
	fmt.Printf("chaos: all sessions ready after %.0f s; now the chaos\n", took.Seconds())
	if err := c.keepClaims(ctx); err != nil {
		return err
	}
	before := lab.proxy.Counts()
	if err := c.rage(ctx, o); err != nil {
		return err
	}
	fmt.Println("chaos: it is over")
	if took, err = c.recover(ctx, o.patience); err != nil {
		return err
	}
	settled, err := c.awaitQuiet(ctx, o)
	if err != nil {
		return err
	}
	after := lab.proxy.Counts()
	c.tell()
	fmt.Printf("all %d sessions right %.0f s after the end, and nothing written for %s from %.0f s on\n", o.sessions, took.Seconds(), o.quiet, settled.Seconds())
	fmt.Printf("no session ever had two pods; %d writes, %d reads, %d watches, %d requests in trouble, %d leases lost, %d starts failed in trouble\n",
		after.Writes-before.Writes, after.Reads-before.Reads, after.Watches-before.Watches, after.Troubled-before.Troubled, lab.operators.lostLease, lab.operators.lateStarts)
	return nil
}

// tell counts what has happened.
func (c *chaos) tell() {
	for _, k := range kinds {
		fmt.Printf("%6d %s\n", c.counts[k.kind], k.name)
	}
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
