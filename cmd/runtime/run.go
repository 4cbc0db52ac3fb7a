package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/wasession/wasession/runtime/httpapi"
	"github.com/wasession/wasession/runtime/httpapi/auth"
	"github.com/wasession/wasession/runtime/store"
	"github.com/wasession/wasession/runtime/whatsapp"
)

// run runs a session until ctx ends. Errors before that are about the start:
// what was given is not usable, and says so.
func run(ctx context.Context, args []string, getenv func(string) string) error {
	o, err := parse(args, getenv)
	if err != nil {
		return err
	}
	if o.printsVersion {
		fmt.Println(version)
		return nil
	}
	level := new(slog.LevelVar)
	log := o.logger(level)
	whatsapp.LogSignal(log)
	keys, _, err := o.keys()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(o.data, 0o700); err != nil {
		return fmt.Errorf("data directory cannot be made: %w", err)
	}
	unlock, err := store.Lock(o.data)
	if err != nil {
		return err
	}
	defer func() { _ = unlock() }() // the lock ends with the process anyway
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", o.listen)
	if err != nil && ctx.Err() != nil {
		return nil // to be ended while starting is no failure
	}
	if err != nil {
		return fmt.Errorf("--listen: %w", err)
	}
	defer listener.Close()
	o.address = baseURL(listener.Addr())
	if o.endpoint != nil {
		log.Warn("This session talks to a simulator, not to WhatsApp", "endpoint", o.endpoint.URL.String())
	}
	ring := auth.NewKeyring(keys...)
	for {
		again, err := runOnce(ctx, o, level, log, newShared(listener), ring)
		if err != nil || !again {
			return err
		}
	}
}

// runOnce opens the data of the account that is linked and serves it, until ctx
// ends or another account is linked; again is true for the latter.
func runOnce(ctx context.Context, o options, level *slog.LevelVar, log *slog.Logger, l net.Listener, ring *auth.Keyring) (again bool, err error) {
	p, err := open(ctx, o, level, log)
	if err != nil && ctx.Err() == nil && isFull(o.data, err) {
		log.Error("The volume is full; the session waits for room", "error", err)
		return true, waitForRoom(ctx, o, log, l)
	}
	if err != nil && ctx.Err() != nil {
		log.Info("Ended while starting", "reason", err)
		return false, nil // a fault of the data directory is told by the next start
	}
	if err != nil {
		return false, err
	}
	p.reloadKeys(ring)
	err = p.serve(ctx, l, ring)
	again = errors.Is(err, errOtherAccount) && ctx.Err() == nil
	if again {
		err = nil
	}
	return again, errors.Join(err, p.close())
}

// errOtherAccount ends serving because another account is linked.
var errOtherAccount = errors.New("another account is linked")

// serve runs all parts until ctx ends or one of them fails.
func (p *process) serve(ctx context.Context, l net.Listener, ring *auth.Keyring) error {
	watcher, err := p.watch(ring)
	if err != nil {
		return err
	}
	api := p.api(ring)
	p.log.Info("Serving", "address", l.Addr().String(), "session", p.name, "version", version,
		"startup", time.Since(started).Round(time.Millisecond))
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return httpapi.Serve(ctx, l, api, p.log) })
	for _, part := range []func(context.Context){watcher.Run, api.Run, p.media.Run, p.maintain} {
		group.Go(func() error { part(ctx); return nil })
	}
	group.Go(func() error { return p.delivery.Run(ctx) })
	group.Go(func() error { return p.archive.Run(ctx) })
	group.Go(func() error {
		select {
		case <-p.otherAccount:
			return errOtherAccount
		case <-ctx.Done():
			return nil
		}
	})
	group.Go(func() error { p.tidyAccounts(ctx); return nil })
	return group.Wait()
}

// started is when the process began, as near as it can be told.
var started = time.Now()
