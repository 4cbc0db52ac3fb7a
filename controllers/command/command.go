// Package command is the operator's command: its flags, and the wiring of its parts.
// The logic is in controllers.
package command

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"os"

	"github.com/go-logr/logr"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"k8s.io/klog/v2"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/healthz"
	"sigs.k8s.io/controller-runtime/pkg/manager"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/controllers"
)

// Run runs the operator, or what the first argument names, until ctx is done.
func Run(ctx context.Context, args []string) error {
	if len(args) > 0 && args[0] == "uninstall" {
		return runUninstall(ctx, args[1:])
	}
	limitMemory()
	flags := flag.NewFlagSet("wasession-operator", flag.ExitOnError)
	o := newOptions(flags)
	ctrl.RegisterFlags(flags) // --kubeconfig
	if err := flags.Parse(args); err != nil {
		return err
	}
	controller, err := o.controller()
	if err != nil {
		return err
	}
	logger := logr.FromSlogHandler(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: o.logLevel}))
	ctrl.SetLogger(logger)
	klog.SetLogger(logger) // leader election and the API client log through it

	config, err := ctrl.GetConfig()
	if err != nil {
		return fmt.Errorf("loading the API server's configuration: %w", err)
	}
	mgr, err := o.manager(config, controller.Shard)
	if err != nil {
		return err
	}
	if controller.TokenKey, controller.GatewayKey, err = o.tokenKeys(ctx, config); err != nil {
		return err
	}
	if err := controllers.Setup(ctx, mgr, controller); err != nil {
		return err
	}
	if err := mgr.Add(manager.RunnableFunc(returnMemory)); err != nil {
		return fmt.Errorf("adding the return of memory: %w", err)
	}
	if err := mgr.Start(ctx); err != nil {
		return fmt.Errorf("running the manager: %w", err)
	}
	return nil
}

// manager builds the manager from the flags, with its health probes.
func (o *options) manager(config *rest.Config, shard labels.Selector) (manager.Manager, error) {
	scheme := runtime.NewScheme()
	utilruntime.Must(clientgoscheme.AddToScheme(scheme))
	utilruntime.Must(v1alpha1.AddToScheme(scheme))
	utilruntime.Must(gatewayv1.Install(scheme))

	config = rest.CopyConfig(config)
	config.QPS, config.Burst = float32(o.apiQPS), 2*o.apiQPS
	if o.apiQPS == 0 {
		config.QPS = -1 // 0 means the client's own default, 5
	}
	mgr, err := ctrl.NewManager(config, ctrl.Options{
		Scheme:                        scheme,
		Cache:                         controllers.CacheOptions(o.namespaces(), shard),
		Metrics:                       o.metrics.server(),
		HealthProbeBindAddress:        o.probeAddress,
		LeaderElection:                o.leaderElect,
		LeaderElectionID:              leaseOf(shard),
		LeaderElectionNamespace:       o.leaderNamespace,
		LeaderElectionReleaseOnCancel: true, // the other replica takes over immediately
	})
	if err != nil {
		return nil, fmt.Errorf("creating the manager: %w", err)
	}
	for _, add := range []func(string, healthz.Checker) error{mgr.AddHealthzCheck, mgr.AddReadyzCheck} {
		if err := add("ping", healthz.Ping); err != nil {
			return nil, fmt.Errorf("adding a health probe: %w", err)
		}
	}
	return mgr, nil
}
