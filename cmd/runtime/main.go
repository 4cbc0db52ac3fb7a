// Command wasession-runtime runs one WhatsApp session: it pairs with a phone,
// keeps the chats in its data directory and serves the chat API. Flags and
// wiring only: the work is in runtime.
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
	frugal()
	err := run(ctx, os.Args[1:], os.Getenv)
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "wasession-runtime:", oneLine(err))
		os.Exit(1)
	}
}

// frugal makes the garbage collector save memory rather than time, where the
// environment does not say otherwise: a session is idle most of its life, and
// hundreds of them share a machine.
func frugal() {
	const percent, limit = 50, 96 << 20
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(percent)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(limit)
	}
}

// oneLine keeps an error in one line, however it was put together.
func oneLine(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }
