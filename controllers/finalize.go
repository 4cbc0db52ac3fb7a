package controllers

import (
	"context"
	"errors"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/controllers/desired"
)

const (
	// logoutPatience is how long a deletion waits for a requested logout.
	logoutPatience = time.Minute
	// logoutRetry is the time between two attempts.
	logoutRetry = 5 * time.Second
)

// finalize removes a deleted session's objects in order: it logs out if
// requested, waits until the pod is gone, and then removes everything else, the
// volume according to its policy. It returns true once the finalizer, and so
// the session, is gone.
func (r *Reconciler) finalize(ctx context.Context, s *scope) (gone bool, err error) {
	if s.pod != nil && ownershipOf(s.pod, s.session) == ours {
		if s.pod.DeletionTimestamp == nil {
			if err := r.logout(ctx, s); err != nil {
				return false, err
			}
		}
		r.Streams.Stop(s.key())
		return false, r.endPod(ctx, s, "The session is deleted")
	}
	// The cache may not show a pod yet that was just created.
	pod, err := r.orLive(ctx, (*corev1.Pod)(nil), s.key())
	if err != nil {
		return false, err
	}
	if pod != nil && ownershipOf(pod, s.session) == ours {
		return false, errors.Join(r.remove(ctx, pod), waitFor("the pod to be deleted", logoutRetry))
	}
	if err := r.removeObjects(ctx, s); err != nil {
		return false, err
	}
	if err := r.removeExposure(ctx, s); err != nil {
		return false, err
	}
	if s.stopped() && s.asksForLogout() && meta.IsStatusConditionTrue(s.session.Status.Conditions, v1alpha1.ConditionPaired) {
		// Only the session itself can unlink its device. Starting a session that its
		// owner has stopped would be unexpected.
		r.event(s.session, corev1.EventTypeWarning, "LogoutFailed", "Delete",
			"The session was deleted while stopped, so its device stays linked: remove it on the phone under Linked devices")
	}
	if err := r.releaseClaim(ctx, s); err != nil {
		return false, err
	}
	if err := r.dropFinalizer(ctx, s.session); err != nil {
		return false, err
	}
	return true, nil
}

// removeObjects deletes the session's other objects. The garbage collector
// would do so too, but later, and only where it runs.
func (r *Reconciler) removeObjects(ctx context.Context, s *scope) error {
	for _, made := range []struct {
		name   string
		cached client.Object
	}{
		{desired.ServiceName(s.session), s.service},
		{desired.NetworkPolicyName(s.session), s.networkPolicy},
		{desired.ConfigMapName(s.session), s.configMap},
		{desired.GeneratedKeysName(s.session), s.keysSecret},
	} {
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
	if s.session.Spec.Storage.Claim.WhenDeleted == v1alpha1.VolumeDelete {
		return r.remove(ctx, s.claim)
	}
	if metav1.IsControlledBy(s.claim, s.session) {
		// The policy has changed but the claim has not been updated: if still owned,
		// it would be deleted with the session.
		return r.applyClaim(ctx, s)
	}
	return nil
}

// logout unlinks the device from the number, if the session requests it. It
// gives up after logoutPatience: an unreachable session must still be
// deletable.
func (r *Reconciler) logout(ctx context.Context, s *scope) error {
	if !s.asksForLogout() {
		return nil
	}
	if report := s.runtime.Status; report != nil && !report.Paired {
		return nil // there is nothing to unlink
	}
	err := errNotRunning
	if followable(s.pod) {
		err = r.logoutNow(ctx, s)
	}
	if err == nil {
		r.event(s.session, corev1.EventTypeNormal, "LoggedOutOnDelete", "Delete", "The device was unlinked from the number")
		return nil
	}
	if s.now.Sub(s.session.DeletionTimestamp.Time) < logoutPatience {
		return waitFor("the logout", logoutRetry)
	}
	r.event(s.session, corev1.EventTypeWarning, "LogoutFailed", "Delete",
		"The device could not be unlinked within %s, so it stays linked: remove it on the phone under Linked devices", logoutPatience)
	return nil
}

func (s *scope) asksForLogout() bool {
	return s.session.Annotations[v1alpha1.AnnotationLogoutOnDelete] == "true"
}

var errNotRunning = errors.New("the session's pod is not running")

func (r *Reconciler) logoutNow(ctx context.Context, s *scope) error {
	if err := r.Runtime.Logout(ctx, r.runtimeTarget(s)); err != nil {
		return fmt.Errorf("logging out of %s: %w", desired.PodName(s.session), err)
	}
	return nil
}
