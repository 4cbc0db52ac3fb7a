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
			if want := map[string]string{"behind": "100"}[c.name]; want != "" && c.seen.ResourceVersion != want {
				t.Errorf("version is %s, want %s, which the next write is based on", c.seen.ResourceVersion, want)
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

func TestTheMemoKeepsNothingThatTheCacheShows(t *testing.T) {
	key := types.NamespacedName{Namespace: "crm", Name: "sales"}
	for version, kept := range map[string]bool{"99": true, "100": false, "101": false} {
		var memo statusMemo
		memo.remember(key, "a", "100", v1alpha1.WhatsAppSessionStatus{Phase: v1alpha1.PhaseWorking})
		memo.drop(&v1alpha1.WhatsAppSession{ObjectMeta: metav1.ObjectMeta{Namespace: "crm", Name: "sales", UID: "a", ResourceVersion: version}})
		if got := len(memo.entries) == 1; got != kept {
			t.Errorf("the cache shows version %s of 100, and the entry is kept: %v", version, got)
		}
	}
}
