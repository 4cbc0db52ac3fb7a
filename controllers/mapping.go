package controllers

import (
	"context"

	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/log"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/wasession/wasession/api/v1alpha1"
)

// sessionOfLabels maps an object that the operator made to its session.
func sessionOfLabels(_ context.Context, object client.Object) []reconcile.Request {
	held := object.GetLabels()
	if held[v1alpha1.LabelManagedBy] != v1alpha1.ManagerName || held[v1alpha1.LabelSession] == "" {
		return nil
	}
	return []reconcile.Request{{NamespacedName: types.NamespacedName{
		Namespace: object.GetNamespace(), Name: held[v1alpha1.LabelSession],
	}}}
}

// sessionsOfClaim maps a claim to the sessions that use it, adopted or their own.
func (r *Reconciler) sessionsOfClaim(ctx context.Context, claim client.Object) []reconcile.Request {
	return r.sessionsBy(ctx, indexClaim, claim)
}

// sessionsOfSecret maps a Secret to the sessions that use it: their own, or one
// that a spec names.
func (r *Reconciler) sessionsOfSecret(ctx context.Context, secret client.Object) []reconcile.Request {
	return r.sessionsBy(ctx, indexSecret, secret)
}

// sessionsOfService maps a Service to its session, and to those of any namespace
// whose spec names it. Services of other shards are watched too.
func (r *Reconciler) sessionsOfService(ctx context.Context, service client.Object) []reconcile.Request {
	var own []reconcile.Request
	if shard := r.options.Shard; shard == nil || shard.Matches(labels.Set(service.GetLabels())) {
		own = sessionOfLabels(ctx, service)
	}
	return append(own, r.sessionsMatching(ctx, service, client.MatchingFields{
		indexService: client.ObjectKeyFromObject(service).String(),
	})...)
}

func (r *Reconciler) sessionsBy(ctx context.Context, index string, object client.Object) []reconcile.Request {
	return r.sessionsMatching(ctx, object, client.InNamespace(object.GetNamespace()), client.MatchingFields{index: object.GetName()})
}

func (r *Reconciler) sessionsMatching(ctx context.Context, object client.Object, matching ...client.ListOption) []reconcile.Request {
	sessions := &v1alpha1.WhatsAppSessionList{}
	err := r.List(ctx, sessions, append(matching, client.UnsafeDisableDeepCopy)...)
	if err != nil {
		// Reads of the cache fail only while it shuts down.
		log.FromContext(ctx).Error(err, "Cannot list the sessions that refer to an object", "name", object.GetName())
		return nil
	}
	requests := make([]reconcile.Request, 0, len(sessions.Items))
	for i := range sessions.Items {
		requests = append(requests, reconcile.Request{NamespacedName: client.ObjectKeyFromObject(&sessions.Items[i])})
	}
	return requests
}
