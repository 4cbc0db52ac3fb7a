package cli

import (
	"context"
	"time"

	"github.com/spf13/pflag"
)

// Timeout is how long a command waits.
type Timeout time.Duration

// Bind adds --timeout to a command.
func (t *Timeout) Bind(flags *pflag.FlagSet) {
	flags.DurationVar((*time.Duration)(t), "timeout", 0, "How long to wait, such as 5m. Defaults to as long as it takes.")
}

// Limit ends a context after the time. Errors that come of it have TimedOut.
func (t Timeout) Limit(ctx context.Context) (context.Context, context.CancelFunc) {
	if t <= 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeoutCause(ctx, time.Duration(t), errTimeout)
}

// Sleep waits, and fails when ctx ends first.
func Sleep(ctx context.Context, wait time.Duration) error {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
