package controllers

import (
	"context"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/controllers/ssa"
	"github.com/wasession/wasession/controllers/status"
)

// The diary: what the operator did and why, as an Event of the session and as a
// line of the log, once for each action.

// podCreated records that the session has a new pod.
func (r *Reconciler) podCreated(ctx context.Context, s *scope, updatedFrom string) {
	why := podCause(s.session.Status, s.now)
	log.FromContext(ctx).Info("Created the pod", "reason", why, "updatedFrom", updatedFrom)
	if why != sessionIsNew { // which is no news, and would be a write for each
		r.event(s.session, corev1.EventTypeNormal, "PodCreated", "Create", "Created the pod: %s", why)
	}
}

// recently is how long an end of the last pod explains the next one.
const recently = 15 * time.Minute

const sessionIsNew = "the session is new"

// podCause says why a session without a pod gets one.
func podCause(before v1alpha1.WhatsAppSessionStatus, now time.Time) string {
	ready := meta.FindStatusCondition(before.Conditions, v1alpha1.ConditionReady)
	last := before.LastTermination
	switch {
	case ready == nil || before.RuntimeVersion == "" && last == nil:
		return sessionIsNew
	case ready.Reason == v1alpha1.ReasonStopped:
		return "spec.state is Running again"
	case last != nil && now.Sub(last.Time.Time) < recently:
		return status.Explain(last)
	default:
		return "there was none"
	}
}

// applied records an apply. What somebody else has changed or removed is also an
// Event, as somebody may wonder where the change went.
func (r *Reconciler) applied(ctx context.Context, s *scope, wanted *unstructured.Unstructured, live client.Object) {
	settled := s.pod != nil && s.session.Status.ObservedGeneration == s.session.Generation
	why := applyCause(wanted, live, settled)
	log.FromContext(ctx).Info("Applied an object", "kind", wanted.GetKind(), "objectName", wanted.GetName(), "reason", why)
	if why == objectMissing || why == objectChanged {
		// Named as related, so that Events of two objects do not become a series.
		object := &corev1.ObjectReference{
			APIVersion: wanted.GetAPIVersion(), Kind: wanted.GetKind(), Namespace: wanted.GetNamespace(), Name: wanted.GetName(),
		}
		r.Recorder.Eventf(s.session, object, corev1.EventTypeNormal, "Restored", "Apply", "%s %s %s", object.Kind, object.Name, why)
	}
}

// Why an object is applied.
const (
	objectNew     = "is new"
	objectUpdated = "follows the spec or the operator's settings"
	objectMissing = "was missing, and has been created again"
	objectChanged = "was changed by somebody else, and has been put back"
)

// applyCause says why an object is applied over live, which may be nil. All
// objects are there before the pod is; settled means that it exists and that
// the spec has not changed.
func applyCause(wanted *unstructured.Unstructured, live client.Object, settled bool) string {
	switch {
	case live == nil && settled:
		return objectMissing
	case live == nil:
		return objectNew
	case live.GetAnnotations()[ssa.AnnotationApplied] == wanted.GetAnnotations()[ssa.AnnotationApplied]:
		return objectChanged
	default:
		return objectUpdated
	}
}

// stateChanged logs the course of a session.
func stateChanged(ctx context.Context, before, after v1alpha1.WhatsAppSessionStatus) {
	was, is := meta.FindStatusCondition(before.Conditions, v1alpha1.ConditionReady), meta.FindStatusCondition(after.Conditions, v1alpha1.ConditionReady)
	if is == nil || was != nil && was.Reason == is.Reason && was.Status == is.Status {
		return
	}
	from := ""
	if was != nil {
		from = was.Reason
	}
	log.FromContext(ctx).Info("The session's state has changed",
		"ready", is.Status, "from", from, "to", is.Reason, "stalled", meta.IsStatusConditionTrue(after.Conditions, v1alpha1.ConditionStalled))
}

// terminationTransition describes an end of the container or the pod that was
// not the operator's doing.
func terminationTransition(before, after v1alpha1.WhatsAppSessionStatus) []transition {
	last := after.LastTermination
	if last == nil || before.LastTermination != nil && last.Time.Equal(&before.LastTermination.Time) {
		return nil
	}
	return []transition{{corev1.EventTypeWarning, string(last.Reason), "Run",
		fmt.Sprintf("%s at %s", status.Explain(last), last.Time.UTC().Format(time.RFC3339))}}
}
