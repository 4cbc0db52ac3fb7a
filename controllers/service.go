package controllers

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/controllers/desired"
)

// ensureService applies the session's Service. Whether a Service has an address
// cannot change, so one of the other type is deleted first, then created anew.
func (r *Reconciler) ensureService(ctx context.Context, s *scope) error {
	wanted := desired.Service(s.session, r.options.Settings)
	old := s.service
	if old != nil && ownershipOf(old, s.session) == ours && len(lostLabels(old, desired.OwnLabels(s.session))) > 0 {
		// The cache strips a Service without them, so nothing can be compared yet.
		return r.relabel(ctx, s, old)
	}
	if old == nil || !ownershipOf(old, s.session).mine() ||
		old.Annotations[desired.AnnotationServiceType] == wanted.Annotations[desired.AnnotationServiceType] {
		return r.ensureSelecting(ctx, s, wanted, old)
	}
	if err := r.remove(ctx, old); err != nil {
		return err
	}
	live, err := r.orLive(ctx, (*corev1.Service)(nil), client.ObjectKeyFromObject(old))
	if err != nil {
		return err
	}
	if live != nil && live.GetUID() == old.UID {
		s.pending = "The old Service is being deleted, to be created anew with the type that spec.service.type asks for"
		return waitFor("the old Service to be deleted", conflictRecheck)
	}
	s.service, _ = live.(*corev1.Service)
	return r.ensure(ctx, s, wanted, s.service)
}
