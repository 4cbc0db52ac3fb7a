package controllers

import (
	"context"
	"errors"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/controllers/desired"
	"github.com/wasession/wasession/controllers/ssa"
)

// ensureClaim creates the session's claim, reuses a retained one, or checks
// that the adopted one exists. It never creates an empty volume for a paired
// session whose volume is missing: that would look like a logout.
func (r *Reconciler) ensureClaim(ctx context.Context, s *scope) error {
	storage := &s.session.Spec.Storage
	name := desired.ClaimName(s.session)
	if storage.ExistingClaim != "" {
		if s.claim == nil {
			return stall(v1alpha1.ReasonClaimNotFound,
				"PersistentVolumeClaim %s, named by spec.storage.existingClaim, does not exist in this namespace: create it", name).forNewSession(s)
		}
		return nil
	}
	if s.claim == nil && s.wasPaired() {
		return stall(v1alpha1.ReasonStorageLost,
			"PersistentVolumeClaim %s of this paired session is gone, and with it the pairing: restore it under this name, or delete and recreate the session to pair again", name)
	}
	if err := r.findClaim(ctx, s); err != nil {
		return err
	}
	if s.claim != nil {
		switch whose := ownershipOf(s.claim, s.session); {
		case whose.mine():
		case whose == nobodys && s.wasPaired():
			// A user has restored the session's claim.
		default:
			return taken("PersistentVolumeClaim", s.claim, s.session, ", or adopt it with spec.storage.existingClaim")
		}
		if s.claim.DeletionTimestamp != nil && s.pod == nil {
			return waitFor("the old claim to be deleted", 0)
		}
		if err := s.checkDataSource(); err != nil {
			return err
		}
	}
	return r.applyClaim(ctx, s)
}

// findClaim asks the API server for a claim that is not in the cache: one
// created in the same kubectl apply as the session may not be cached yet, and
// must not be mistaken for the session's own.
func (r *Reconciler) findClaim(ctx context.Context, s *scope) error {
	name := types.NamespacedName{Namespace: s.session.Namespace, Name: desired.ClaimName(s.session)}
	live, err := r.orLive(ctx, s.claim, name)
	if claim, ok := live.(*corev1.PersistentVolumeClaim); ok {
		s.claim = claim
	}
	return err
}

func (r *Reconciler) applyClaim(ctx context.Context, s *scope) error {
	prepared, err := ssa.Prepare(desired.Claim(s.session, s.claim))
	if err != nil {
		return err
	}
	var live client.Object
	if s.claim != nil {
		live = s.claim
	}
	err = r.applyOver(ctx, s, prepared, live)
	var stalled *stallError
	size := desired.ClaimSpec(s.session).Size
	if errors.As(err, &stalled) && s.claim != nil && stalled.Reason == v1alpha1.ReasonForbidden && s.wantsGrowth() {
		// The session keeps working with its current volume.
		s.stall(stall(v1alpha1.ReasonResizeRefused,
			"PersistentVolumeClaim %s cannot grow to %s: its storage class does not allow expansion. Recreate the session with the previous spec.storage.claim.size, or allow volume expansion in the storage class",
			s.claim.Name, size.String()))
		return nil
	}
	return err
}

func (s *scope) wantsGrowth() bool {
	held := s.claim.Spec.Resources.Requests[corev1.ResourceStorage]
	return held.Cmp(desired.ClaimSpec(s.session).Size) < 0
}

// wasPaired reports whether the session's volume is known to hold a pairing.
func (s *scope) wasPaired() bool {
	volume := s.session.Status.Volume
	return volume != nil && volume.Claim == desired.ClaimName(s.session) &&
		meta.IsStatusConditionTrue(s.session.Status.Conditions, v1alpha1.ConditionPaired)
}
