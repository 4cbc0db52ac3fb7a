// Package app puts the gateway together: what the command runs, and the tests.
package app

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"golang.org/x/sync/errgroup"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/gateway/access"
	"github.com/wasession/wasession/gateway/dashboard"
	"github.com/wasession/wasession/gateway/fleet"
	"github.com/wasession/wasession/gateway/forward"
	"github.com/wasession/wasession/gateway/history"
	"github.com/wasession/wasession/gateway/manage"
	"github.com/wasession/wasession/gateway/server"
	"github.com/wasession/wasession/gateway/socket"
	"github.com/wasession/wasession/gateway/waha"
)

// Run serves until ctx ends, or a call asks for the end, and then lets calls end.
func Run(ctx context.Context, o Options) error {
	ctx, end := context.WithCancel(ctx)
	defer end()
	o, err := o.withDefaults()
	if err != nil {
		return err
	}
	proxies, err := access.ParseProxies(o.TrustedProxies)
	if err != nil {
		return err
	}
	scheme, err := newScheme()
	if err != nil {
		return err
	}
	// Calls that are ending still need the sessions.
	base, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	objects, err := cache.New(o.Config, cacheOptions(scheme, o))
	if err != nil {
		return fmt.Errorf("creating the cache: %w", err)
	}
	sessions, err := fleet.New(base, objects, waha.NameOf)
	if err != nil {
		return err
	}
	keys, err := access.NewKeys(base, objects, o.Log)
	if err != nil {
		return err
	}
	if o.Forward.Sign, err = loadSign(ctx, o.Config, o.OwnNamespace, o.Log); err != nil {
		return errors.Join(err, o.Listener.Close())
	}
	forwarder := forward.New(o.Forward)
	defer forwarder.Close()
	direct, err := client.New(o.Config, client.Options{Scheme: scheme})
	if err != nil {
		return errors.Join(fmt.Errorf("creating an API client: %w", err), o.Listener.Close())
	}
	cookieKey, err := loadCookieKey(ctx, direct, o.OwnNamespace)
	if err != nil {
		return errors.Join(err, o.Listener.Close())
	}
	identities := access.NewIdentities(direct, o.OwnNamespace)
	limits := &access.Limits{PerSecond: o.RequestsPerSecond, Burst: 2 * o.RequestsPerSecond}
	uses := access.NewUses(keys, direct, o.OwnNamespace, o.Log)
	var ready atomic.Bool
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	sockets := socket.New(socket.Options{
		Fleet: sessions, Log: o.Log, Metrics: registry,
		Most: o.Websockets, MostPerCaller: o.WebsocketsPerCaller, WriteTimeout: o.WebsocketTimeout,
		Open: func(ctx context.Context, pod fleet.Pod, after string) (socket.Stream, error) {
			return forwarder.Events(ctx, pod, after)
		},
	})
	var past *history.History
	if o.HistoryInterval > 0 {
		past = history.New(history.Options{
			Fleet: sessions, StatusOf: waha.StatusOf, Ask: metricsOf(forwarder), Every: o.HistoryInterval, Log: o.Log,
		})
	}
	attempts := &access.Attempts{PerMinute: o.WrongKeysPerMinute}
	api, err := server.New(server.Options{
		Fleet: sessions, Keys: keys, Forward: forwarder, Sockets: sockets,
		KeyWriter:        access.Writer{Client: direct, Namespace: o.OwnNamespace},
		Uses:             uses,
		Identities:       identities,
		Limits:           limits,
		Attempts:         attempts,
		AllowedOrigins:   o.AllowedOrigins,
		Manage:           &manage.Manager{Client: direct, Fleet: sessions, GitState: o.GitState},
		DefaultNamespace: o.DefaultNamespace,
		Spool:            &forward.Spool{Dir: o.SpoolDir, Limit: o.SpoolLimit},
		Ready:            ready.Load, Version: o.Version, Log: o.Log, MaxBody: o.MaxBody,
		Metrics: registry, Gather: registry,
		Stop: func() {
			o.Log.Info("Stopping, as an API call asked for")
			end()
		},
		Pages: func(api http.Handler) (http.Handler, error) {
			return dashboard.New(dashboard.Options{
				Fleet: sessions, Keys: keys, Identities: identities, Limits: limits, Attempts: attempts, Forward: forwarder, API: api, CookieKey: cookieKey,
				History: past, DefaultNamespace: o.DefaultNamespace, Stopping: ctx.Done(), Log: o.Log,
			})
		},
	})
	if err != nil {
		return errors.Join(err, o.Listener.Close())
	}
	var parts errgroup.Group
	parts.Go(func() error { return objects.Start(base) })
	parts.Go(func() error { sockets.Run(base); return nil })
	parts.Go(func() error { uses.Run(base); return nil })
	parts.Go(func() error {
		defer stop()
		if !objects.WaitForCacheSync(ctx) {
			return errors.Join(ctx.Err(), o.Listener.Close())
		}
		ready.Store(true)
		if past != nil {
			parts.Go(func() error { past.Run(ctx); return nil })
		}
		return serve(ctx, o, proxies.Handler(api), sockets.Drain)
	})
	if err := parts.Wait(); err != nil && !errors.Is(err, context.Canceled) {
		return fmt.Errorf("running the gateway: %w", err)
	}
	return nil
}

func newScheme() (*runtime.Scheme, error) {
	scheme := runtime.NewScheme()
	if err := clientgoscheme.AddToScheme(scheme); err != nil {
		return nil, fmt.Errorf("registering Kubernetes' types: %w", err)
	}
	if err := v1alpha1.AddToScheme(scheme); err != nil {
		return nil, fmt.Errorf("registering the types of sessions: %w", err)
	}
	return scheme, nil
}

func cacheOptions(scheme *runtime.Scheme, o Options) cache.Options {
	options := cache.Options{Scheme: scheme, ReaderFailOnMissingInformer: true, ByObject: fleet.ByObject()}
	options.ByObject[&corev1.Secret{}] = access.ByObject(o.OwnNamespace)
	if len(o.Namespaces) > 0 {
		options.DefaultNamespaces = map[string]cache.Config{}
		for _, name := range o.Namespaces {
			options.DefaultNamespaces[name] = cache.Config{}
		}
	}
	return options
}
