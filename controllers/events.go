package controllers

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/wasession/wasession/api/v1alpha1"
)

// transition is a change between two statuses that is recorded as an Event.
type transition struct {
	eventType, reason, action, note string
}

// transitions compares two statuses. Only changes become Events.
func transitions(before, after v1alpha1.WhatsAppSessionStatus) []transition {
	var all []transition
	say := func(eventType, reason, action, note string) {
		all = append(all, transition{eventType, reason, action, note})
	}
	became := func(conditionType string, status metav1.ConditionStatus) *metav1.Condition {
		was, is := meta.FindStatusCondition(before.Conditions, conditionType), meta.FindStatusCondition(after.Conditions, conditionType)
		if is == nil || is.Status != status || was != nil && was.Status == status && was.Reason == is.Reason {
			return nil
		}
		return is
	}
	paired, connected := became(v1alpha1.ConditionPaired, metav1.ConditionTrue), became(v1alpha1.ConditionConnected, metav1.ConditionTrue)
	switch {
	case paired != nil && connected != nil:
		// One Event for what is seen at once, as when a fleet starts.
		say(corev1.EventTypeNormal, "Paired", "Pair", paired.Message+". "+connected.Message)
	case paired != nil:
		say(corev1.EventTypeNormal, "Paired", "Pair", paired.Message)
	case connected != nil:
		say(corev1.EventTypeNormal, "Connected", "Connect", connected.Message)
	}
	if c := became(v1alpha1.ConditionStalled, metav1.ConditionTrue); c != nil && c.Reason != v1alpha1.ReasonRolloutHeld {
		say(corev1.EventTypeWarning, c.Reason, "Reconcile", c.Message)
	}
	if was := meta.FindStatusCondition(before.Conditions, v1alpha1.ConditionStalled); was != nil && was.Status == metav1.ConditionTrue {
		if c := meta.FindStatusCondition(after.Conditions, v1alpha1.ConditionStalled); c != nil && c.Status != metav1.ConditionTrue {
			say(corev1.EventTypeNormal, "Resumed", "Reconcile", "The session is no longer stalled for the reason "+was.Reason)
		}
	}
	if c := became(v1alpha1.ConditionReconciling, metav1.ConditionTrue); c != nil &&
		(c.Reason == v1alpha1.ReasonTemporaryBan || c.Reason == v1alpha1.ReasonRateLimited || c.Reason == v1alpha1.ReasonStreamReplaced) {
		say(corev1.EventTypeWarning, c.Reason, "Connect", c.Message)
	}
	if c := became(v1alpha1.ConditionStorageReady, metav1.ConditionFalse); c != nil && c.Reason == v1alpha1.ReasonStorageFull {
		say(corev1.EventTypeWarning, c.Reason, "Store", c.Message)
	}
	return slices.Concat(all, terminationTransition(before, after), updateTransition(before, after), archiveTransition(before, after), groupsTransition(before, after))
}

// event records an Event about the session. Its note is truncated to fit.
func (r *Reconciler) event(session *v1alpha1.WhatsAppSession, eventType, reason, action, note string, args ...any) {
	r.Recorder.Eventf(session, nil, eventType, reason, action, "%s", shorten(fmt.Sprintf(note, args...)))
}
