package cli

import (
	"context"
	"errors"
	"fmt"
)

// Code is an exit code of the plugin. Scripts rely on them: docs/kubectl.md lists them.
type Code int

// The exit codes.
const (
	Done        Code = 0
	Failed      Code = 1
	Usage       Code = 2   // the command line is wrong
	Unhealthy   Code = 3   // the command worked, and what it looked at is not well
	TimedOut    Code = 4   // --timeout is over
	Interrupted Code = 130 // Ctrl-C, as in a shell
)

// ErrUnhealthy ends a command that has said everything and found that something is
// wrong. Nothing more is printed.
var ErrUnhealthy = errors.New("something is wrong")

// errTimeout is why a context ended.
var errTimeout = errors.New("--timeout is over")

// usageError is a wrong command line.
type usageError struct{ err error }

func (e usageError) Error() string { return e.err.Error() }
func (e usageError) Unwrap() error { return e.err }

// UsageError is an error of the command line.
func UsageError(format string, values ...any) error {
	return usageError{fmt.Errorf(format, values...)}
}

// CodeOf is the exit code for how a command ended. ctx is the one that a signal ends.
func CodeOf(ctx context.Context, err error) Code {
	var usage usageError
	switch {
	case err == nil:
		return Done
	case errors.Is(err, ErrUnhealthy):
		return Unhealthy
	case errors.As(err, &usage):
		return Usage
	case errors.Is(err, errTimeout):
		return TimedOut
	case ctx.Err() != nil:
		return Interrupted
	default:
		return Failed
	}
}
