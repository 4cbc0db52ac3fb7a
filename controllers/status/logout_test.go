package status

import (
	"testing"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/wasession/wasession/api/v1alpha1"
)

// A logout is told once. Nothing but the condition remembers it when the pod and
// the operator that asked for it are gone.
func TestTheLogoutOfADeletedSessionIsRemembered(t *testing.T) {
	in := working()
	in.Session.Status = Compute(in)
	in.Deleting, in.LoggedOut = true, true
	after := Compute(in) // its last report may be older than the logout
	if c := meta.FindStatusCondition(after.Conditions, v1alpha1.ConditionPaired); c == nil || c.Status != metav1.ConditionFalse || c.Reason != v1alpha1.ReasonNotPaired {
		t.Errorf("after the logout it is %+v", c)
	}
	in.Session.Status, in.LoggedOut = after, false
	in.Pod, in.Runtime = nil, Runtime{}
	if c := meta.FindStatusCondition(Compute(in).Conditions, v1alpha1.ConditionPaired); c == nil || c.Status != metav1.ConditionFalse {
		t.Errorf("when the pod is gone it is %+v", c)
	}
}
