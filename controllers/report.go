package controllers

import (
	"context"
	"fmt"

	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/api/v1alpha1"
)

// report writes the status if it differs from the one there is, and records the
// transitions as Events. A status that only tells of progress can wait a while;
// the scope then comes back for it.
func (r *Reconciler) report(ctx context.Context, s *scope, after v1alpha1.WhatsAppSessionStatus) error {
	before := s.session.Status
	if equality.Semantic.DeepEqual(before, after) {
		r.progress.done(s.key())
		return nil
	}
	if onlyProgress(before, after) {
		if wait := r.progress.hold(s.key(), s.now, r.options.ProgressDelay); wait > 0 {
			s.comeBack(wait)
			return nil
		}
	}
	r.progress.done(s.key())
	fields, err := runtime.DefaultUnstructuredConverter.ToUnstructured(&after)
	if err != nil {
		return fmt.Errorf("encoding the status: %w", err)
	}
	object := &unstructured.Unstructured{Object: map[string]any{"status": fields}}
	object.SetGroupVersionKind(v1alpha1.GroupVersion.WithKind(v1alpha1.Kind))
	object.SetNamespace(s.session.Namespace)
	object.SetName(s.session.Name)
	object.SetUID(s.session.UID) // never write to a new session of the same name
	// Nor to one that has changed since: it may be another operator's now.
	object.SetResourceVersion(s.session.ResourceVersion)
	err = r.Status().Apply(ctx, client.ApplyConfigurationFromUnstructured(object), fieldOwner, client.ForceOwnership)
	if apierrors.IsNotFound(err) {
		return nil // the session has been deleted
	}
	if apierrors.IsConflict(err) {
		s.comeBack(cacheRecheck)
		return nil
	}
	if err != nil {
		return fmt.Errorf("writing the status: %w", err)
	}
	r.written.remember(s.key(), s.session.UID, object.GetResourceVersion(), after)
	r.dropOldMemo(ctx, s)
	stateChanged(ctx, before, after)
	for _, t := range transitions(before, after) {
		r.event(s.session, t.eventType, t.reason, t.action, "%s", t.note)
	}
	return nil
}
