package status

import (
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/api/v1alpha1"
)

func TestShortened(t *testing.T) {
	for id, want := range map[string]string{
		"4915112345678@c.us": "+49…5678",
		"1555123456@c.us":    "+15…3456",
		"1234567@c.us":       "…67",
		"1@c.us":             "…1",
		"@c.us":              "…",
		"+49…5678":           "+49…5678",
		"77@lid":             "77@lid",
		"":                   "",
	} {
		if got := shortened(id); got != want {
			t.Errorf("%q becomes %q, want %q", id, got, want)
		}
	}
}

// No part of the status has the number, neither of a session that runs nor of one
// that was written before the flag was set.
func TestNumbersAreShortenedEverywhere(t *testing.T) {
	const id = "4915112345678@c.us"
	running := Input{
		Now: time.Now(), ShortenNumbers: true, Session: &v1alpha1.WhatsAppSession{},
		Runtime: Runtime{Connected: true, Status: &runtimev1.Status{
			Phase: runtimev1.PhaseWorking, Reason: runtimev1.ReasonConnected, Paired: true,
			Me: &runtimev1.Me{ID: id, LID: "77@lid", PushName: "Sales"},
		}},
	}
	before := Input{Now: time.Now(), ShortenNumbers: true, Session: &v1alpha1.WhatsAppSession{Status: v1alpha1.WhatsAppSessionStatus{
		Me: &v1alpha1.AccountStatus{ID: id, LID: "77@lid", PushName: "Sales"},
		Conditions: []metav1.Condition{{
			Type: v1alpha1.ConditionPaired, Status: metav1.ConditionTrue, Reason: v1alpha1.ReasonPaired, Message: "Linked to " + id,
		}},
	}}}
	for name, in := range map[string]Input{"running": running, "written before": before} {
		after := Compute(in)
		if want := (v1alpha1.AccountStatus{ID: "+49…5678", LID: "77@lid", PushName: "Sales"}); after.Me == nil || *after.Me != want {
			t.Errorf("%s: me is %+v, want %+v", name, after.Me, want)
		}
		paired := meta.FindStatusCondition(after.Conditions, v1alpha1.ConditionPaired)
		if paired.Status != metav1.ConditionTrue || paired.Message != "Linked to +49…5678" {
			t.Errorf("%s: Paired is %s, %q", name, paired.Status, paired.Message)
		}
		in.ShortenNumbers = false
		if got := Compute(in).Me.ID; got != id {
			t.Errorf("%s: without the flag the id is %q", name, got)
		}
	}
}

func podOn(node string, phase corev1.PodPhase) *corev1.Pod {
	return &corev1.Pod{Spec: corev1.PodSpec{NodeName: node}, Status: corev1.PodStatus{Phase: phase}}
}

// A pod that waits for its node costs no status of its own.
func TestNodeNameIsThatOfARunningPod(t *testing.T) {
	pod := podOn("node-1", "Pending")
	in := Input{Now: time.Now(), Session: &v1alpha1.WhatsAppSession{}, Pod: pod}
	if got := Compute(in).NodeName; got != "" {
		t.Errorf("of a pod that is pending the status names %q", got)
	}
	in.Pod = podOn("node-1", "Running")
	if got := Compute(in).NodeName; got != "node-1" {
		t.Errorf("of a pod that runs the status names %q", got)
	}
	in.Pod = nil
	if got := Compute(in).NodeName; got != "" {
		t.Errorf("without a pod the status names %q", got)
	}
}
