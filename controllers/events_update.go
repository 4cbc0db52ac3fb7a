package controllers

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/wasession/wasession/api/v1alpha1"
)

// updateTransition tells that a template fails with the session, that its rollout
// has stopped before it came to the session, and that it goes on.
func updateTransition(before, after v1alpha1.WhatsAppSessionStatus) []transition {
	reason := func(s v1alpha1.WhatsAppSessionStatus) (string, string) {
		if c := meta.FindStatusCondition(s.Conditions, v1alpha1.ConditionUpdated); c != nil && c.Status == metav1.ConditionFalse {
			return c.Reason, c.Message
		}
		return "", ""
	}
	was, _ := reason(before)
	is, message := reason(after)
	switch {
	case was == is:
		return nil
	case is == v1alpha1.ReasonUpdateFailed || is == v1alpha1.ReasonRolloutHeld:
		return []transition{{corev1.EventTypeWarning, is, "Update", message}}
	case was == v1alpha1.ReasonRolloutHeld && is != "":
		return []transition{{corev1.EventTypeNormal, "RolloutResumed", "Update", "The rollout of the operator's template goes on"}}
	default:
		return nil
	}
}
