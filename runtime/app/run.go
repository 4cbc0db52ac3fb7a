package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/wasession/wasession/runtime/httpapi"
	"github.com/wasession/wasession/runtime/store"
)

// Run runs a session on a listener until ctx ends. Errors before that are startup
// errors about the options or the data directory.
func Run(ctx context.Context, o Options, l net.Listener) error {
	if err := o.Keys.Check(); err != nil {
		return err
	}
	if err := os.MkdirAll(o.Data, 0o700); err != nil {
		return fmt.Errorf("create the data directory: %w", err)
	}
	unlock, err := store.Lock(o.Data)
	if err != nil {
		return err
	}
	defer func() { _ = unlock() }() // the kernel releases the lock anyway
	if o.Endpoint != nil {
		o.Log.Warn("This session connects to a simulator, not to WhatsApp", "endpoint", o.Endpoint.URL.String())
	}
	for {
		again, err := runOnce(ctx, o, newShared(l))
		if err != nil || !again {
			return err
		}
	}
}

// runOnce opens the data of the linked account and serves it until ctx ends or
// another account is linked; again is true in the latter case.
func runOnce(ctx context.Context, o Options, l net.Listener) (again bool, err error) {
	a, err := Open(ctx, o)
	if err != nil && ctx.Err() == nil && isFull(o.Data, err) {
		o.Log.Error("The volume is full; the session waits for free space", "error", err)
		return true, waitForRoom(ctx, o, l)
	}
	if err != nil && ctx.Err() != nil {
		o.Log.Info("Stopped during startup", "reason", err)
		return false, nil // the next start reports errors of the data directory
	}
	if err != nil {
		return false, err
	}
	err = a.Serve(ctx, l)
	again = errors.Is(err, errOtherAccount) && ctx.Err() == nil
	if again {
		err = nil
	}
	return again, errors.Join(err, a.Close())
}

// errStopped ends Serve because an API call asked for it.
var errStopped = errors.New("the process was asked to end")

func (a *App) askToStop() {
	select {
	case a.stop <- struct{}{}:
	default: // it was asked before
	}
}

// errOtherAccount ends Serve because another account is linked.
var errOtherAccount = errors.New("another account is linked")

// Serve runs all parts until ctx ends, an API call asks for the end, or one of them fails.
func (a *App) Serve(ctx context.Context, l net.Listener) error {
	watcher, err := a.watch()
	if err != nil {
		return err
	}
	a.catchUp()
	serving := []any{"address", l.Addr().String(), "session", a.name, "version", a.opts.Version}
	if !a.opts.Began.IsZero() {
		serving = append(serving, "startup", time.Since(a.opts.Began).Round(time.Millisecond))
	}
	a.log.Info("Serving", serving...)
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return httpapi.Serve(ctx, l, a.Handler(), a.log) })
	for _, part := range []func(context.Context){watcher.Run, a.api.Run, a.media.Run, a.maintain, a.tidyAccounts, a.rest.run} {
		group.Go(func() error { part(ctx); return nil })
	}
	if a.opts.Metrics != nil {
		group.Go(func() error { return httpapi.Serve(ctx, newShared(a.opts.Metrics), a.metrics(), a.log) })
	}
	group.Go(func() error { return a.delivery.Run(ctx) })
	group.Go(func() error { return a.archive.Run(ctx) })
	group.Go(func() error {
		select {
		case <-a.otherAccount:
			return errOtherAccount
		case <-a.stop:
			a.log.Info("Stopping, as an API call asked for")
			return errStopped
		case <-ctx.Done():
			return nil
		}
	})
	if err := group.Wait(); !errors.Is(err, errStopped) {
		return err
	}
	return nil
}
