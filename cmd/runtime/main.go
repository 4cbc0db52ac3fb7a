// Command wasession-runtime runs one WhatsApp session: it pairs with a phone,
// keeps the chats in its data directory and serves the chat API. Flags, signals
// and exit codes only: runtime/app does the rest.
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
	// The keys of the account and its messages are nobody else's, also in a data
	// directory that others may look into.
	syscall.Umask(0o077)
	frugal()
	ended := endWithin(ctx, stopTime, func() {
		fmt.Fprintln(os.Stderr, "wasession-runtime: does not end, most likely because of a disk that does not answer; what is committed is safe")
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

// frugal bounds what imports of long histories take of the memory, where the
// environment does not say otherwise: hundreds of sessions share a machine. The
// pace of the garbage collector stays Go's own: with a small heap it collects
// every few messages at half of that, and messages come in at two thirds of the
// rate.
func frugal() {
	const limit = 64 << 20
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(limit)
	}
}

// oneLine keeps an error in one line, however it was put together.
func oneLine(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }
