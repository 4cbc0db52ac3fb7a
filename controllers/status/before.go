package status

import (
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/wasession/wasession/api/v1alpha1"
)

// summaryBefore is the summary that the present conditions were made from; nil
// when this generation has not been looked at yet.
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

// wasReady reports whether this generation has been ready.
func wasReady(in Input) bool {
	before := summaryBefore(in)
	return before != nil && before.kind == settled
}

// fromRuntime reports whether a summary's reason is one that a runtime has
// reported, and not what the operator knows of pods and objects.
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
