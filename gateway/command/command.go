// Package command is the gateway's command: its flags, and the wiring of its parts. The
// logic is in the packages beside it.
package command

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"os"

	"github.com/go-logr/logr"
	"k8s.io/klog/v2"
	ctrl "sigs.k8s.io/controller-runtime"

	"github.com/wasession/wasession/gateway/app"
)

// Run runs the gateway until ctx is done.
func Run(ctx context.Context, args []string, version string) error {
	limitMemory()
	flags := flag.NewFlagSet("wasession-gateway", flag.ExitOnError)
	o := newOptions(flags)
	ctrl.RegisterFlags(flags) // --kubeconfig
	if err := flags.Parse(args); err != nil {
		return err
	}
	if o.printsVersion {
		fmt.Println(version)
		return nil
	}
	log := slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: o.logLevel}))
	ctrl.SetLogger(logr.FromSlogHandler(log.Handler()))
	klog.SetLogger(logr.FromSlogHandler(log.Handler())) // the API client logs through it
	config, err := ctrl.GetConfig()
	if err != nil {
		return fmt.Errorf("loading the API server's configuration: %w", err)
	}
	config.QPS = -1 // the API server's priority and fairness decide
	listener, err := net.Listen("tcp", o.listenAddress)
	if err != nil {
		return fmt.Errorf("listening: %w", err)
	}
	settled := o.app()
	settled.Config, settled.Listener, settled.Version, settled.Log = config, listener, version, log
	return app.Run(ctx, settled)
}
