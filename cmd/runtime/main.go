// Command wasession-runtime runs one WhatsApp session: it pairs with a phone,
// stores the chats in its data directory and serves the chat API. This package
// handles flags, signals and exit codes; runtime/app does the rest.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"
)

// version is set by the linker.
var version = "dev"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	// Keys and messages are readable only by the owner, even in a data directory
	// that others may read.
	syscall.Umask(0o077)
	frugal()
	ended := endWithin(ctx, stopTime, func() {
		fmt.Fprintln(os.Stderr, "wasession-runtime: shutdown timed out, most likely because the disk is not responding; committed data is safe")
		os.Exit(1)
	})
	err := run(ctx, os.Args[1:], os.Getenv)
	ended()
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "wasession-runtime:", oneLine(err))
		os.Exit(1)
	}
}

// frugal limits the memory that imports of long histories take, unless the
// environment sets a limit: hundreds of sessions share a machine. GOGC keeps its
// default: at half of it, the garbage collector runs every few messages on such a
// small heap, and messages are received at two thirds of the rate.
func frugal() {
	const limit = 64 << 20
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(limit)
	}
}

// oneLine returns an error's text on a single line.
func oneLine(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }
