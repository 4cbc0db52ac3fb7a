// Command demo shows the product on one machine without a cluster: a real API
// server, a simulator of WhatsApp, the operator, and a node that runs session
// pods as processes. It applies a sample manifest, scans the QR code with a
// simulated phone, and reads the chats through the session's Service address.
//
// It runs until Ctrl-C. With --check it checks every step, also stops, starts
// and deletes the session, and exits; its exit code tells whether all checks
// passed.
package main

import (
	"context"
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
	"github.com/wasession/wasession/test/localnode/sandbox"
	"github.com/wasession/wasession/test/story"
)

// options are the command's flags.
type options struct {
	check   bool
	keep    bool
	timeout time.Duration
	// root is the checkout, bin the folder with the product's commands.
	root, bin string
}

func main() {
	sandbox.Init()
	ctrl.SetLogger(logr.Discard())
	options, err := parse()
	if err == nil && !guarded() {
		os.Exit(guard(options.keep))
	}
	if err == nil {
		err = run(options, os.Getenv(guardedFolder))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "\ndemo:", err)
		os.Exit(1)
	}
}

func parse() (options, error) {
	var o options
	flag.BoolVar(&o.check, "check", false, "check every step and end, instead of staying until Ctrl-C")
	flag.BoolVar(&o.keep, "keep", false, "leave data and logs in place at the end")
	flag.DurationVar(&o.timeout, "timeout", 5*time.Minute, "how long all steps together may take")
	flag.StringVar(&o.bin, "bin", "", "folder with the built commands (default: bin in the checkout)")
	flag.Parse()
	root, err := controlplane.ModuleRoot(".")
	if err != nil {
		return o, err
	}
	o.root = root
	if o.bin == "" {
		o.bin = filepath.Join(root, "bin")
	}
	o.bin, err = filepath.Abs(o.bin)
	return o, err
}

// run starts everything, shows it, and stops it again.
func run(o options, dir string) (err error) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	story := story.New(os.Stdout)

	assets, err := controlplane.Assets(ctx, o.root, os.Stderr)
	if err != nil {
		return err
	}
	steps, cancel := context.WithTimeoutCause(ctx, o.timeout, fmt.Errorf("not finished after %v (--timeout)", o.timeout))
	defer cancel()
	stack, err := start(steps, o, assets, dir, story)
	if err != nil {
		return explain(ctx, steps, err)
	}
	defer func() {
		story.Say("\nStopping everything …")
		if stopErr := stack.stop(); err == nil {
			err = stopErr
		}
	}()

	tour := &tour{stack: stack, story: story, root: o.root}
	if err := stack.guarding(steps, tour.run); err != nil {
		return explain(ctx, steps, err)
	}
	if o.check {
		if err := stack.guarding(steps, tour.check); err != nil {
			return explain(ctx, steps, err)
		}
		story.Say("\nAll checks passed in %s.", story.SinceStart())
		return nil
	}
	tour.farewell()
	return stack.guarding(ctx, func(ctx context.Context) error {
		<-ctx.Done()
		return nil
	})
}

// explain puts an interruption or the timeout before the error that it caused.
func explain(interrupted, steps context.Context, err error) error {
	if interrupted.Err() != nil {
		return fmt.Errorf("interrupted (%w)", err)
	}
	if cause := context.Cause(steps); cause != nil && !errors.Is(err, cause) {
		return fmt.Errorf("%w; while: %w", cause, err)
	}
	return err
}
