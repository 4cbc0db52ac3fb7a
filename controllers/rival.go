package controllers

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/controllers/desired"
)

// yieldClaim leaves the claim to an older session that uses it too: one volume
// is one pairing, and WhatsApp ends the older of two connections. The pod of a
// session that yields is ended, as the other one's could not use the volume.
func (r *Reconciler) yieldClaim(ctx context.Context, s *scope) error {
	if s.rival == "" {
		return nil
	}
	if err := r.giveWay(ctx, s, "Another session uses the claim"); err != nil {
		return err
	}
	return stall(v1alpha1.ReasonClaimInUse,
		"PersistentVolumeClaim %s is used by WhatsAppSession %s, which is older: delete that session, or create this one with a claim of its own",
		desired.ClaimName(s.session), s.rival)
}

// giveWay ends the session's pod, if it has one.
func (r *Reconciler) giveWay(ctx context.Context, s *scope, why string) error {
	if s.pod == nil || ownershipOf(s.pod, s.session) != ours {
		return nil
	}
	return r.endPod(ctx, s, why)
}

// findRival returns the name of the oldest session that uses the claim, if that
// is not this one. A session that is being deleted counts until it is gone; one
// that may not use the claim does not count, or it could keep others from it.
func (r *Reconciler) findRival(ctx context.Context, session *v1alpha1.WhatsAppSession, claim *corev1.PersistentVolumeClaim) (string, error) {
	name := desired.ClaimName(session)
	users := &v1alpha1.WhatsAppSessionList{}
	err := r.List(ctx, users, client.InNamespace(session.Namespace), client.MatchingFields{indexClaim: name}, client.UnsafeDisableDeepCopy)
	if err != nil {
		return "", fmt.Errorf("listing the sessions that use claim %s: %w", name, err)
	}
	oldest := session
	for i := range users.Items {
		// The index has those as well that copy the claim.
		if user := &users.Items[i]; desired.ClaimName(user) == name && r.mayUse(user, claim) && older(user, oldest) {
			oldest = user
		}
	}
	if oldest.UID == session.UID {
		return "", nil
	}
	return oldest.Name, nil
}

// mayUse reports whether the session may mount the claim, its own or an adopted one.
func (r *Reconciler) mayUse(session *v1alpha1.WhatsAppSession, claim *corev1.PersistentVolumeClaim) bool {
	return !r.options.RequireAccess || session.Spec.Storage.ExistingClaim == "" || claim == nil || grants(claim, session)
}

// older orders sessions by age. Timestamps have a resolution of one second; among
// equals the UID decides, so that two operators never disagree.
func older(a, b *v1alpha1.WhatsAppSession) bool {
	return cmp.Or(a.CreationTimestamp.Compare(b.CreationTimestamp.Time), cmp.Compare(a.UID, b.UID)) < 0
}

// rivalsOf maps a session to the others that use its claim or have its name.
func (r *Reconciler) rivalsOf(ctx context.Context, object client.Object) []reconcile.Request {
	session, ok := object.(*v1alpha1.WhatsAppSession)
	if !ok {
		return nil
	}
	name := desired.SessionName(session)
	all := slices.Concat(
		r.sessionsMatching(ctx, session, client.InNamespace(session.Namespace), client.MatchingFields{indexClaim: desired.ClaimName(session)}),
		r.sessionsMatching(ctx, session, client.InNamespace(session.Namespace), client.MatchingFields{indexName: name}))
	if name != session.Name {
		all = append(all, reconcile.Request{NamespacedName: types.NamespacedName{Namespace: session.Namespace, Name: name}})
	}
	return slices.DeleteFunc(all, func(request reconcile.Request) bool {
		return request.NamespacedName == client.ObjectKeyFromObject(session)
	})
}
