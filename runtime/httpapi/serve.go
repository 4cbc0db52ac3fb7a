package httpapi

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// Limits of the server. Requests are small; responses can be long lists or files
// read by slow clients.
const (
	headerTime  = 10 * time.Second
	requestTime = 30 * time.Second
	answerTime  = 10 * time.Minute
	idleTime    = 2 * time.Minute
	maxHeader   = 64 << 10
	// On shutdown, finishTime is the time before the contexts of running requests are
	// cancelled, and shutdownTime the time before their connections are closed.
	finishTime   = time.Second
	shutdownTime = 4 * time.Second
)

// Serve serves a handler until the context ends. Running requests then get a moment
// to finish; the contexts of streaming ones are cancelled, and connections that are
// still open after a few seconds are closed. Handlers that stream endlessly extend
// their own write deadline.
func Serve(ctx context.Context, l net.Listener, h http.Handler, log *slog.Logger) error {
	base, endRequests := context.WithCancel(context.WithoutCancel(ctx))
	defer endRequests()
	server := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: headerTime,
		ReadTimeout:       requestTime,
		WriteTimeout:      answerTime,
		IdleTimeout:       idleTime,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
		BaseContext:       func(net.Listener) context.Context { return base },
	}
	done := make(chan error, 1)
	go func() { done <- server.Serve(l) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	defer time.AfterFunc(finishTime, endRequests).Stop()
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), finishTime+shutdownTime)
	defer cancel()
	err := server.Shutdown(grace)
	if errors.Is(err, context.DeadlineExceeded) {
		err = server.Close()
	}
	<-done //nolint:errcheck // ErrServerClosed
	return err
}
