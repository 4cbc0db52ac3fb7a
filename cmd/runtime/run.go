package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"time"

	"github.com/wasession/wasession/runtime/app"
	"github.com/wasession/wasession/runtime/whatsapp"
)

// run runs a session until ctx ends.
func run(ctx context.Context, args []string, getenv func(string) string) error {
	began := time.Now()
	o, err := parse(args, getenv)
	if err != nil {
		return err
	}
	if o.printsVersion {
		fmt.Println(version)
		return nil
	}
	o.Began, o.Level = began, new(slog.LevelVar)
	o.Log = o.logger(o.Level)
	whatsapp.LogSignal(o.Log)
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", o.listen)
	if err != nil && ctx.Err() != nil {
		return nil // stopped during startup
	}
	if err != nil {
		return fmt.Errorf("--listen: %w", err)
	}
	defer listener.Close()
	o.Address = baseURL(listener.Addr())
	if o.metricsListen != "" {
		o.Metrics, err = (&net.ListenConfig{}).Listen(ctx, "tcp", o.metricsListen)
		if err != nil && ctx.Err() == nil {
			return fmt.Errorf("--metrics-listen: %w", err)
		}
		if err != nil {
			return nil // stopped during startup
		}
		defer o.Metrics.Close()
	}
	return app.Run(ctx, o.Options, listener)
}

// baseURL returns the URL of a listener for clients on the same machine.
func baseURL(at net.Addr) string {
	tcp, ok := at.(*net.TCPAddr)
	if !ok || tcp.IP.IsUnspecified() {
		_, port, _ := net.SplitHostPort(at.String())
		return "http://" + net.JoinHostPort("localhost", port)
	}
	return "http://" + tcp.String()
}
