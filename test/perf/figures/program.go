package figures

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// Main runs a benchmark until it ends or is interrupted. It exits with 1 after an error,
// which it prints behind the benchmark's name.
func Main(name string, run func(context.Context) error) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx)
	stop()
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
		os.Exit(1)
	}
}

// ErrMissed means that the measurements succeeded, but a threshold does not hold.
var ErrMissed = errors.New("a threshold is missed")

// Report judges figures as Judge does, and prints them with a sentence below. It returns
// ErrMissed if a threshold does not hold.
func Report(w io.Writer, figures []Figure, limits []Threshold, ran []string, below string) error {
	rows, ok, err := Judge(figures, limits, ran)
	if err != nil {
		return err
	}
	PrintTable(w, rows)
	if _, err := fmt.Fprintf(w, "\n%s\n", below); err != nil {
		return err
	}
	if !ok {
		return ErrMissed
	}
	return nil
}
