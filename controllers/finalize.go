package controllers

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/controllers/desired"
)

// finalize removes a deleted session's objects in order: it logs out if
// requested, waits until the pod is gone, and then removes everything else, the
// volume and the keys according to the policy. It returns true once the
// finalizer, and so the session, is gone.
func (r *Reconciler) finalize(ctx context.Context, s *scope) (gone bool, err error) {
	// The cache may not show a pod that was just created or has lost its labels.
	if err := r.findPod(ctx, s); err != nil {
		return false, err
	}
	if s.pod != nil && ownershipOf(s.pod, s.session) == ours {
		if err := r.logout(ctx, s); err != nil {
			return false, err
		}
		r.Streams.Stop(s.key())
		return false, r.endPod(ctx, s, "The session is deleted")
	}
	if err := r.concludeLogout(s); err != nil {
		return false, err
	}
	if err := r.removeObjects(ctx, s); err != nil {
		return false, err
	}
	if err := r.removeExposure(ctx, s); err != nil {
		return false, err
	}
	if err := r.releaseKeys(ctx, s); err != nil {
		return false, err
	}
	if err := r.releaseClaim(ctx, s); err != nil {
		return false, err
	}
	dropped, err := r.dropFinalizer(ctx, s.session)
	if err != nil {
		return false, err
	}
	if dropped {
		r.reportLogout(s)
	}
	return true, nil
}

// removeObjects deletes the session's other objects. The garbage collector
// would do so too, but later, and only where it runs.
func (r *Reconciler) removeObjects(ctx context.Context, s *scope) error {
	for _, made := range []struct {
		name   string
		cached client.Object
		unseen client.Object // a nil pointer of its type
	}{
		{desired.ServiceName(s.session), s.service, (*corev1.Service)(nil)},
		{desired.NetworkPolicyName(s.session), s.networkPolicy, (*networkingv1.NetworkPolicy)(nil)},
		{desired.ConfigMapName(s.session), s.configMap, (*corev1.ConfigMap)(nil)},
	} {
		if isNil(made.cached) {
			made.cached = made.unseen
		}
		// The cache may not have seen yet what was made a moment ago.
		object, err := r.orLive(ctx, made.cached, client.ObjectKey{Namespace: s.session.Namespace, Name: made.name})
		if err != nil {
			return err
		}
		if object == nil || !ownershipOf(object, s.session).mine() {
			continue
		}
		if err := r.remove(ctx, object); err != nil {
			return err
		}
	}
	return nil
}

// releaseClaim deletes the volume or leaves it for a later session of the same
// name. An adopted claim is left alone, and so is one that an older session uses.
func (r *Reconciler) releaseClaim(ctx context.Context, s *scope) error {
	if s.session.Spec.Storage.ExistingClaim != "" || s.rival != "" {
		return nil
	}
	if err := r.findClaim(ctx, s); err != nil || s.claim == nil {
		return err
	}
	whose := ownershipOf(s.claim, s.session)
	if !whose.mine() {
		return nil
	}
	if !desired.Retains(s.session) {
		return r.remove(ctx, s.claim)
	}
	if metav1.IsControlledBy(s.claim, s.session) {
		// The policy has changed but the claim has not been updated: if still owned,
		// it would be deleted with the session.
		return r.applyClaim(ctx, s)
	}
	return nil
}
