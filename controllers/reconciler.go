package controllers

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/events"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/controllers/errands"
	"github.com/wasession/wasession/controllers/rollout"
	"github.com/wasession/wasession/controllers/runtimeclient"
	"github.com/wasession/wasession/controllers/status"
	"github.com/wasession/wasession/controllers/streams"
)

// Reconciler reconciles WhatsAppSessions.
type Reconciler struct {
	client.Client
	// Live reads from the API server, bypassing the cache.
	Live     client.Reader
	Recorder events.EventRecorder
	Runtime  *runtimeclient.Client
	Streams  *streams.Manager
	Errands  *errands.Manager
	Rollouts *rollout.Manager[types.NamespacedName]
	Clock    func() time.Time

	options  Options
	routes   *routes
	written  statusMemo
	progress progress
	own      ownWrites
	ended    endedPods
	failed   sightings // of pods
	deleted  sightings // of sessions
	failures failedPods
}

// Reconcile reconciles one session.
func (r *Reconciler) Reconcile(ctx context.Context, request reconcile.Request) (reconcile.Result, error) {
	session := &v1alpha1.WhatsAppSession{}
	if err := r.Get(ctx, request.NamespacedName, session); err != nil {
		if client.IgnoreNotFound(err) == nil {
			r.forget(request.NamespacedName)
			return reconcile.Result{}, nil
		}
		return reconcile.Result{}, fmt.Errorf("reading the session: %w", err)
	}
	r.written.refresh(session)

	deleting, held := !session.DeletionTimestamp.IsZero(), slices.Contains(session.Finalizers, v1alpha1.Finalizer)
	if deleting && !held {
		r.forget(request.NamespacedName)
		return reconcile.Result{}, nil
	}
	s, err := r.observe(ctx, session)
	if err != nil {
		return reconcile.Result{}, err
	}
	if wait := r.own.behind(s.key(), s.shown(), s.now); wait > 0 && !deleting {
		return reconcile.Result{RequeueAfter: wait}, nil // mostly an event is faster
	}
	if err := r.prepare(s); err != nil {
		return reconcile.Result{}, err
	}
	if !deleting && !held && !s.paused() {
		if held, err := r.addFinalizer(ctx, session); err != nil || !held {
			return reconcile.Result{}, err
		}
	}
	return r.act(ctx, s)
}

// act runs what the session's state calls for, and reports the outcome.
func (r *Reconciler) act(ctx context.Context, s *scope) (reconcile.Result, error) {
	var err error
	switch {
	case s.deleting():
		var gone bool
		if gone, err = r.finalize(ctx, s); gone {
			r.forget(s.key())
			return reconcile.Result{}, nil
		}
	case s.paused():
		err = r.follow(ctx, s)
	default:
		err = r.run(ctx, s)
	}
	s.comeBack(status.RecheckUpdate(s.statusInput()))
	result, err := s.conclude(err)

	in := s.statusInput()
	in.Patience = r.options.Patience
	after := status.Compute(in)
	if again := status.Reconsider(in); again > 0 && err == nil {
		s.comeBack(again)
		result.RequeueAfter = s.requeueAfter
	}
	if reportErr := r.report(ctx, s, after); reportErr != nil {
		return reconcile.Result{}, errors.Join(err, reportErr)
	}
	if s.hasHadItsTurn(after) {
		r.Rollouts.Done(s.key())
	}
	if err == nil {
		result.RequeueAfter = s.requeueAfter // the report may have asked for another look
	}
	return result, err
}

// forget releases what the process holds for a session.
func (r *Reconciler) forget(session types.NamespacedName) {
	r.Streams.Stop(session)
	r.Errands.Forget(session)
	r.Rollouts.Done(session)
	r.written.forget(session)
	r.ended.forget(session)
	r.failed.forget(session)
	r.progress.done(session)
	r.own.forget(session)
	r.deleted.forget(session)
	r.failures.forget(session)
}
