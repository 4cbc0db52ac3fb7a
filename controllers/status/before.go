package status

import (
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/wasession/wasession/api/v1alpha1"
)

// summaryBefore restores the summary from the current conditions. It is nil if
// they are of an earlier generation.
func summaryBefore(in Input) *summary {
	conditions := in.Session.Status.Conditions
	ready := meta.FindStatusCondition(conditions, v1alpha1.ConditionReady)
	if ready == nil || ready.ObservedGeneration != in.Session.Generation {
		return nil
	}
	before := &summary{kind: resting, reason: ready.Reason, message: ready.Message}
	switch {
	case ready.Status == metav1.ConditionTrue:
		before.kind = settled
	case meta.IsStatusConditionTrue(conditions, v1alpha1.ConditionReconciling):
		before.kind = progressing
	case meta.IsStatusConditionTrue(conditions, v1alpha1.ConditionStalled):
		before.kind = stalled
	}
	return before
}

// fromRuntime reports whether a reason comes from the runtime, not from what the
// operator knows about pods and objects.
func fromRuntime(reason string) bool {
	if reason == v1alpha1.ReasonConnected {
		return true
	}
	for _, m := range meanings {
		if m.reason == reason {
			return true
		}
	}
	return false
}
