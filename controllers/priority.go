package controllers

import (
	"context"

	"k8s.io/client-go/util/workqueue"
	"sigs.k8s.io/controller-runtime/pkg/controller/priorityqueue"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
)

// urgent is the priority of what pods and runtimes tell, over that of sessions
// and their other objects, 0: of a thousand sessions that are made at once, those
// that have begun are finished before others begin. That costs less than to bring
// them all to the same state first, with a status for each.
const urgent = 10

// urgently is a handler whose sessions come first in the queue. Sessions of the
// first list keep their low priority.
func urgently[object any](inner handler.TypedEventHandler[object, reconcile.Request]) handler.TypedEventHandler[object, reconcile.Request] {
	type queue = workqueue.TypedRateLimitingInterface[reconcile.Request]
	return handler.TypedFuncs[object, reconcile.Request]{
		CreateFunc: func(ctx context.Context, e event.TypedCreateEvent[object], q queue) { inner.Create(ctx, e, raise(q)) },
		UpdateFunc: func(ctx context.Context, e event.TypedUpdateEvent[object], q queue) { inner.Update(ctx, e, raise(q)) },
		DeleteFunc: func(ctx context.Context, e event.TypedDeleteEvent[object], q queue) { inner.Delete(ctx, e, raise(q)) },
		GenericFunc: func(ctx context.Context, e event.TypedGenericEvent[object], q queue) {
			inner.Generic(ctx, e, raise(q))
		},
	}
}

type urgentQueue struct {
	priorityqueue.PriorityQueue[reconcile.Request]
}

func raise(q workqueue.TypedRateLimitingInterface[reconcile.Request]) workqueue.TypedRateLimitingInterface[reconcile.Request] {
	if queue, ok := q.(priorityqueue.PriorityQueue[reconcile.Request]); ok {
		return urgentQueue{queue}
	}
	return q
}

// Add implements workqueue.TypedInterface.
func (q urgentQueue) Add(session reconcile.Request) {
	priority := urgent
	q.AddWithOpts(priorityqueue.AddOpts{Priority: &priority}, session)
}
