package status

import (
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/wasession/wasession/api/v1alpha1"
)

func TestFaultyKeysAreACondition(t *testing.T) {
	fine := Compute(working())
	if c := meta.FindStatusCondition(fine.Conditions, v1alpha1.ConditionKeysValid); c != nil {
		t.Errorf("without a fault there is %+v", c)
	}
	in := working()
	in.Runtime.Status.KeysError = "API key number 2 has no key"
	faulty := Compute(in)
	c := meta.FindStatusCondition(faulty.Conditions, v1alpha1.ConditionKeysValid)
	if c == nil || c.Status != metav1.ConditionFalse || c.Reason != v1alpha1.ReasonInvalidKeys || !strings.Contains(c.Message, "number 2") {
		t.Errorf("with a fault there is %+v", c)
	}
	if ready := meta.FindStatusCondition(faulty.Conditions, v1alpha1.ConditionReady); ready.Status != metav1.ConditionTrue {
		t.Errorf("the session is %+v", ready)
	}
	in = working()
	in.Session.Status = faulty
	c = meta.FindStatusCondition(Compute(in).Conditions, v1alpha1.ConditionKeysValid)
	if c == nil || c.Status != metav1.ConditionTrue || c.Reason != v1alpha1.ReasonKeysRead {
		t.Errorf("once corrected there is %+v", c)
	}
	in.Runtime.Status = nil
	in.Runtime.Connected = false
	in.Session.Status = faulty
	if c := meta.FindStatusCondition(Compute(in).Conditions, v1alpha1.ConditionKeysValid); c == nil || c.Status != metav1.ConditionFalse {
		t.Errorf("without a report there is %+v", c)
	}
}
