package controllers

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/manager"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
	"sigs.k8s.io/controller-runtime/pkg/source"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

var (
	// errNoGatewayAPI: the cluster has no HTTPRoutes.
	errNoGatewayAPI = errors.New("the cluster does not have the Gateway API")
	// errRoutesLoading: the cluster has HTTPRoutes, which are being read.
	errRoutesLoading = errors.New("the HTTPRoutes are being read")
)

// routes reads the sessions' HTTPRoutes. Their CRD may be missing when the
// operator starts, and a watch of a kind that does not exist never becomes
// ready. So HTTPRoutes have a cache of their own, which is started once the
// cluster has them.
type routes struct {
	mgr        manager.Manager
	controller controller.Controller
	namespaces []string
	shard      labels.Selector
	recheck    time.Duration
	now        func() time.Time

	mu     sync.Mutex
	cache  cache.Cache // nil until the cluster has HTTPRoutes
	synced func() bool // whether the cache has read them
	missed time.Time   // when they were last missing
}

// reader returns the cache of HTTPRoutes, or one of the two errors above. Without
// wanted, it only looks for them if it has never done so.
func (r *routes) reader(ctx context.Context, wanted bool) (client.Reader, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.cache == nil {
		if !r.missed.IsZero() && (!wanted || r.now().Sub(r.missed) < r.recheck) {
			return nil, errNoGatewayAPI
		}
		kind := schema.GroupKind{Group: gatewayv1.GroupName, Kind: "HTTPRoute"}
		_, err := r.mgr.GetRESTMapper().RESTMapping(kind, "v1")
		if meta.IsNoMatchError(err) {
			r.missed = r.now()
			return nil, errNoGatewayAPI
		}
		if err != nil {
			return nil, fmt.Errorf("looking for HTTPRoutes: %w", err)
		}
		if err := r.start(ctx); err != nil {
			return nil, err
		}
	}
	if !r.synced() {
		return nil, errRoutesLoading
	}
	return r.cache, nil
}

// start starts the cache, and has the controller watch it. Both end with the
// manager.
func (r *routes) start(ctx context.Context) error {
	options := CacheOptions(r.namespaces, r.shard)
	options.Scheme, options.Mapper, options.HTTPClient = r.mgr.GetScheme(), r.mgr.GetRESTMapper(), r.mgr.GetHTTPClient()
	options.ByObject = map[client.Object]cache.ByObject{&gatewayv1.HTTPRoute{}: {Label: ownObjects(r.shard)}}
	all, err := cache.New(r.mgr.GetConfig(), options)
	if err != nil {
		return fmt.Errorf("creating the cache of HTTPRoutes: %w", err)
	}
	informer, err := all.GetInformer(ctx, &gatewayv1.HTTPRoute{}, cache.BlockUntilSynced(false))
	if err != nil {
		return fmt.Errorf("watching HTTPRoutes: %w", err)
	}
	if err := r.mgr.Add(all); err != nil {
		return fmt.Errorf("starting the cache of HTTPRoutes: %w", err)
	}
	owned := handler.TypedEnqueueRequestsFromMapFunc(func(ctx context.Context, route *gatewayv1.HTTPRoute) []reconcile.Request {
		return sessionOfLabels(ctx, route)
	})
	if err := r.controller.Watch(source.Kind(all, &gatewayv1.HTTPRoute{}, owned)); err != nil {
		return fmt.Errorf("watching HTTPRoutes: %w", err)
	}
	r.cache, r.synced = all, informer.HasSynced
	return nil
}
