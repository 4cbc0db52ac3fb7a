package controllers

import (
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/wasession/wasession/api/v1alpha1"
)

func TestTheMemoBridgesACacheThatIsBehind(t *testing.T) {
	session := func(uid types.UID, version string) *v1alpha1.WhatsAppSession {
		return &v1alpha1.WhatsAppSession{
			ObjectMeta: metav1.ObjectMeta{Namespace: "crm", Name: "sales", UID: uid, ResourceVersion: version},
			Status:     v1alpha1.WhatsAppSessionStatus{Phase: v1alpha1.PhaseStarting},
		}
	}
	cases := []struct {
		name string
		seen *v1alpha1.WhatsAppSession
		want v1alpha1.SessionPhase
	}{
		{"behind", session("a", "99"), v1alpha1.PhaseWorking},
		{"caught up", session("a", "100"), v1alpha1.PhaseStarting},
		{"ahead", session("a", "101"), v1alpha1.PhaseStarting},
		{"another session of the name", session("b", "99"), v1alpha1.PhaseStarting},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var memo statusMemo
			key := types.NamespacedName{Namespace: "crm", Name: "sales"}
			memo.remember(key, "a", "100", v1alpha1.WhatsAppSessionStatus{Phase: v1alpha1.PhaseWorking})
			memo.refresh(c.seen)
			if c.seen.Status.Phase != c.want {
				t.Errorf("phase is %s, want %s", c.seen.Status.Phase, c.want)
			}
			if kept := len(memo.entries) == 1; kept != (c.name == "behind") {
				t.Errorf("the entry is kept: %v", kept)
			}
			memo.forget(key)
			if len(memo.entries) != 0 {
				t.Error("the entry is not forgotten")
			}
		})
	}
}
