package status

import (
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/wasession/wasession/api/v1alpha1"
)

// keysValid reports whether all API keys are valid. It is nil until some key was
// not. It does not change while the runtime has not reported.
func keysValid(in Input) *metav1.Condition {
	before := meta.FindStatusCondition(in.Session.Status.Conditions, v1alpha1.ConditionKeysValid)
	report := in.Runtime.Status
	switch {
	case report != nil && report.KeysError != "":
		return &metav1.Condition{Type: v1alpha1.ConditionKeysValid, Status: metav1.ConditionFalse, Reason: v1alpha1.ReasonInvalidKeys,
			Message: sentence(report.KeysError, "Some API keys are invalid") + ". Invalid keys are ignored; correct the Secret"}
	case report != nil && before != nil:
		return &metav1.Condition{Type: v1alpha1.ConditionKeysValid, Status: metav1.ConditionTrue, Reason: v1alpha1.ReasonKeysRead,
			Message: "All API keys are valid"}
	}
	return before
}
