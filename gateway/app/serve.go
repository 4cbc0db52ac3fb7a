package app

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"
)

// Limits of connections. Bodies and answers have their own, by how they move.
const (
	headerTime = 10 * time.Second
	idleTime   = 2 * time.Minute
	maxHeader  = 64 << 10
)

// serve serves until ctx ends. It then goes on for the delay, in which clients learn to
// connect elsewhere, takes no more calls, and lets those that run end within the drain
// time. drain ends the websockets meanwhile, of which the server knows nothing.
func serve(ctx context.Context, o Options, h http.Handler, drain func(context.Context)) error {
	base, end := context.WithCancel(context.WithoutCancel(ctx))
	defer end()
	server := &http.Server{
		Handler:           lastOnConnection(ctx, h),
		ReadHeaderTimeout: headerTime,
		IdleTimeout:       idleTime,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          slog.NewLogLogger(o.Log.Handler(), slog.LevelDebug),
		BaseContext:       func(net.Listener) context.Context { return base },
	}
	done := make(chan error, 1)
	go func() { done <- server.Serve(o.Listener) }()
	o.Log.Info("Gateway serves", "address", o.Listener.Addr().String())
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	o.Log.Info("Gateway stops", "delay", o.DrainDelay, "drainTime", o.DrainTime)
	timer := time.NewTimer(o.DrainDelay)
	defer timer.Stop()
	select {
	case err := <-done:
		return err
	case <-timer.C:
	}
	grace, cancel := context.WithTimeout(base, o.DrainTime)
	defer cancel()
	var drained sync.WaitGroup
	drained.Go(func() { drain(grace) })
	err := server.Shutdown(grace)
	drained.Wait()
	if errors.Is(err, context.DeadlineExceeded) {
		err = server.Close()
	}
	<-done //nolint:errcheck // ErrServerClosed
	return err
}

// lastOnConnection has clients open another connection for their next call once ctx has
// ended: a call that is sent just as its connection is closed would be lost.
func lastOnConnection(ctx context.Context, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if ctx.Err() != nil {
			w.Header().Set("Connection", "close")
		}
		h.ServeHTTP(w, r)
	})
}
