package controllers

import (
	"context"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/controllers/errands"
)

const (
	// logoutPatience is how long a deletion waits for a requested logout.
	logoutPatience = time.Minute
	// logoutRetry is the time between two attempts.
	logoutRetry = 5 * time.Second
	// logoutErrand is the errand's name.
	logoutErrand = "logout"
)

// logout unlinks the device from the number, if the session requests it, beside
// the reconciler. It gives up after logoutPatience: an unreachable session must
// still be deletable.
//
// A pod that is ending already is asked too, but not waited for. In a foreground
// deletion the garbage collector ends the pod at the moment when the operator
// hears of it, and the runtime finishes a logout that has reached it.
func (r *Reconciler) logout(ctx context.Context, s *scope) error {
	if !s.asksForLogout() || s.linked() == metav1.ConditionFalse {
		return nil
	}
	left := r.logoutPatience(s)
	if s.pod.DeletionTimestamp != nil {
		left = 0
	}
	state, asked := r.Errands.State(s.key(), logoutErrand)
	step, wait := nextOfLogout(reachable(s.pod), asked, state, left, s.now)
	if step == logoutAsk {
		r.Errands.Drop(s.key(), logoutErrand)
		state = r.Errands.Ensure(s.key(), logoutErrand, r.logoutOf(ctx, s))
		step, wait = nextOfLogout(true, true, state, left, s.now)
	}
	if state.Done() && state.Err == nil {
		r.loggedOut(s)
	}
	if step == logoutAwait {
		return waitFor("the logout", wait)
	}
	return nil
}

// logoutStep is what a deletion does about its logout.
type logoutStep int

const (
	// logoutOver: the pod may end.
	logoutOver logoutStep = iota
	// logoutAwait: the pod must not end yet.
	logoutAwait
	// logoutAsk: the runtime is asked, for the first time or again.
	logoutAsk
)

// nextOfLogout decides about a logout that has been asked for or not. The
// deletion waits for what is left of its patience, and the second result is how
// long until it must be decided again.
func nextOfLogout(reachable, asked bool, state errands.State, left time.Duration, now time.Time) (logoutStep, time.Duration) {
	again := logoutRetry - now.Sub(state.Ended)
	switch {
	case reachable && !asked:
		return logoutAsk, 0
	case state.Done() && state.Err == nil, left <= 0:
		return logoutOver, 0
	case !reachable || !state.Done():
		return logoutAwait, left
	case again <= 0:
		return logoutAsk, 0
	default:
		return logoutAwait, min(again, left)
	}
}

func (r *Reconciler) logoutOf(ctx context.Context, s *scope) func(context.Context) error {
	target, logger := r.runtimeTarget(s), log.FromContext(ctx)
	return func(ctx context.Context) error {
		err := r.Runtime.Logout(ctx, target)
		if err != nil {
			logger.Info("Cannot log out", "reason", err.Error())
		}
		return err
	}
}

func (r *Reconciler) loggedOut(s *scope) {
	s.loggedOut = true
	r.event(s.session, corev1.EventTypeNormal, "LoggedOutOnDelete", "Delete", "The device was unlinked from the number")
}

// concludeLogout is called when the pod is gone. It waits for a logout whose
// answer is still on its way, no longer than for any other.
func (r *Reconciler) concludeLogout(s *scope) error {
	state, asked := r.Errands.State(s.key(), logoutErrand)
	left := r.logoutPatience(s)
	switch {
	case asked && !state.Done() && left > 0:
		return waitFor("the answer to the logout", left)
	case state.Done() && state.Err == nil && s.linked() != metav1.ConditionFalse:
		r.loggedOut(s)
	}
	return nil
}

// linked is what is known of the session's pairing: True, False or Unknown. The
// status remembers a logout after the pod and the operator are gone.
func (s *scope) linked() metav1.ConditionStatus {
	paired := meta.FindStatusCondition(s.session.Status.Conditions, v1alpha1.ConditionPaired)
	switch report := s.runtime.Status; {
	case s.loggedOut || report != nil && !report.Paired || paired != nil && paired.Status == metav1.ConditionFalse:
		return metav1.ConditionFalse
	case report != nil || paired != nil && paired.Status == metav1.ConditionTrue:
		return metav1.ConditionTrue
	default:
		return metav1.ConditionUnknown
	}
}

// reportLogout tells a requested logout that has not come about. It is called
// once, when the session goes.
func (r *Reconciler) reportLogout(s *scope) {
	if !s.asksForLogout() || s.linked() != metav1.ConditionTrue {
		return
	}
	why := "before its pod ended"
	if s.stopped() {
		// Only the session itself can unlink its device. Starting one that its owner
		// has stopped would be unexpected.
		why = "as it was stopped"
	}
	r.event(s.session, corev1.EventTypeWarning, "LogoutFailed", "Delete",
		"The session could not log out %s, so its device stays linked: remove it on the phone under Linked devices", why)
}

// logoutPatience is how long the deletion still waits for the logout.
func (r *Reconciler) logoutPatience(s *scope) time.Duration {
	waited := max(s.now.Sub(s.session.DeletionTimestamp.Time), r.deleted.since(s.key(), s.session.UID, s.now))
	return logoutPatience - waited
}

func (s *scope) asksForLogout() bool {
	return s.session.Annotations[v1alpha1.AnnotationLogoutOnDelete] == "true"
}

// reachable reports whether requests can reach the pod's runtime, which goes on
// for a while after the pod has been told to end.
func reachable(pod *corev1.Pod) bool {
	return pod.Status.Phase == corev1.PodRunning && pod.Status.PodIP != ""
}
