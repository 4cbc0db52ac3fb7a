// Command kubectl-wasession is the kubectl plugin: kubectl wasession. It contains only
// signals and the exit code; the logic is in kubectl.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/wasession/wasession/kubectl/app"
	"github.com/wasession/wasession/kubectl/cli"
)

// version is set by the linker.
var version = "dev"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := app.Run(ctx, version, os.Args[1:], cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr})
	stop()
	os.Exit(int(code))
}
