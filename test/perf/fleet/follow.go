package main

import (
	"context"
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"
	watchtools "k8s.io/client-go/tools/watch"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// follow watches objects from now on. It goes on where the API server ends a
// watch, as it does for a resource whose definition has just been created.
func (c *cluster) follow(ctx context.Context, list client.ObjectList, options ...client.ListOption) (watch.Interface, error) {
	if err := c.List(ctx, list, append(options, client.Limit(1))...); err != nil {
		return nil, fmt.Errorf("listing: %w", err)
	}
	w, err := watchtools.NewRetryWatcherWithContext(ctx, list.GetResourceVersion(), watcher{c.WithWatch, list, options})
	if err != nil {
		return nil, fmt.Errorf("watching: %w", err)
	}
	return w, nil
}

// watcher opens the watch of one kind.
type watcher struct {
	client  client.WithWatch
	list    client.ObjectList
	options []client.ListOption
}

// WatchWithContext implements cache.WatcherWithContext.
func (w watcher) WatchWithContext(ctx context.Context, raw metav1.ListOptions) (watch.Interface, error) {
	return w.client.Watch(ctx, w.list, append(w.options, &client.ListOptions{Raw: &raw})...)
}
