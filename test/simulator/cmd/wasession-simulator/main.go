// Command wasession-simulator runs a simulated WhatsApp with its phones, for
// demos and for tests of other processes. It prints its address, as a sentence
// and as environment variables that a runtime understands.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/wasession/wasession/test/simulator"
	"github.com/wasession/wasession/test/simulator/control"
)

// demoNumber is the account that the demo fixture gives a history.
const demoNumber = "15550001111"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "wasession-simulator:", err)
		os.Exit(1)
	}
}

// run serves until ctx ends.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("wasession-simulator", flag.ContinueOnError)
	flags.SetOutput(stderr)
	listen := flags.String("listen", "127.0.0.1:0", "address to serve on; port 0 takes a free one")
	state := flags.String("state", "", "file that keeps the accounts over restarts; empty: forget them")
	seed := flags.String("seed", simulator.DefaultSeed, "text from which the root key is made")
	fixture := flags.String("fixture", "demo", "accounts to begin with: demo ("+demoNumber+" with 50 chats) or none")
	mediaDir := flags.String("media-dir", "", "existing folder for large attachments; empty: keep them in memory")
	verbose := flags.Bool("verbose", false, "log more than warnings")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q: all options begin with --", flags.Arg(0))
	}
	if *fixture != "demo" && *fixture != "none" {
		return fmt.Errorf("--fixture is demo or none, not %q", *fixture)
	}
	level := slog.LevelWarn
	if *verbose {
		level = slog.LevelDebug
	}
	srv, err := simulator.New(simulator.Options{
		Listen: *listen, StateFile: *state, Seed: []byte(*seed), MediaDir: *mediaDir,
		Logger:     slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: level})),
		Extensions: []simulator.Extension{control.Extension},
	})
	if err != nil {
		return err
	}
	if *fixture == "demo" {
		if err := addDemo(ctx, srv); err != nil {
			_ = srv.Close() // the first error is the one to report
			return err
		}
	}
	fmt.Fprintf(stdout, "WhatsApp simulator at %s, root key %s, control API at %s%s\n",
		srv.URL(), srv.RootKeyHex(), srv.URL(), control.Prefix)
	fmt.Fprintf(stdout, "WHATSAPP_ENDPOINT=%s\nWHATSAPP_ROOT_KEY=%s\n", srv.URL(), srv.RootKeyHex())
	<-ctx.Done()
	return srv.Close()
}

// addDemo adds the demo account.
func addDemo(ctx context.Context, srv *simulator.Server) error {
	spec, err := control.Fixture("demo", time.Now())
	if err != nil {
		return err
	}
	return control.Populate(ctx, srv.AddUser(demoNumber, "", "Alice"), spec)
}
