package controllers_test

import (
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/wasession/wasession/api/v1alpha1"
)

// resting lists the reasons for which a session may be neither Ready nor
// Reconciling nor Stalled: it waits for the phone, or was stopped or paused.
var resting = []string{
	v1alpha1.ReasonWaitingForScan, v1alpha1.ReasonWaitingForPhoneCode, v1alpha1.ReasonPasskeyRequired,
	v1alpha1.ReasonPasskeyConfirmationRequired, v1alpha1.ReasonStopped, v1alpha1.ReasonPaused,
}

// violations returns where a session's status breaks the rules that Argo CD, Flux
// and kubectl wait rely on.
func violations(session *v1alpha1.WhatsAppSession) []string {
	if session.Name == "" || session.UID == "" {
		return nil // gone
	}
	var found []string
	say := func(format string, args ...any) { found = append(found, fmt.Sprintf(format, args...)) }

	status := session.Status
	if status.ObservedGeneration != session.Generation {
		say("status.observedGeneration is %d, the generation is %d", status.ObservedGeneration, session.Generation)
	}
	seen := map[string]bool{}
	for _, c := range status.Conditions {
		if seen[c.Type] {
			say("%s is there twice", c.Type)
		}
		seen[c.Type] = true
		if c.ObservedGeneration != status.ObservedGeneration {
			say("%s is of generation %d, the status of %d", c.Type, c.ObservedGeneration, status.ObservedGeneration)
		}
		if c.Reason == "" || c.Message == "" || c.LastTransitionTime.IsZero() {
			say("%s lacks a reason, a message or its time: %+v", c.Type, c)
		}
	}
	for _, always := range []string{
		v1alpha1.ConditionReady, v1alpha1.ConditionReconciling, v1alpha1.ConditionStalled,
		v1alpha1.ConditionStorageReady, v1alpha1.ConditionPaired, v1alpha1.ConditionConnected,
	} {
		if !seen[always] {
			say("%s is missing", always)
		}
	}
	return append(found, exclusivity(status)...)
}

func exclusivity(status v1alpha1.WhatsAppSessionStatus) []string {
	var found []string
	is := func(conditionType string) bool {
		return meta.IsStatusConditionTrue(status.Conditions, conditionType)
	}
	ready, reconciling, stalled := is(v1alpha1.ConditionReady), is(v1alpha1.ConditionReconciling), is(v1alpha1.ConditionStalled)
	if ready && (reconciling || stalled) {
		found = append(found, "Ready together with Reconciling or Stalled")
	}
	if reconciling && stalled {
		found = append(found, "Reconciling together with Stalled")
	}
	c := meta.FindStatusCondition(status.Conditions, v1alpha1.ConditionReady)
	if c != nil && c.Status == metav1.ConditionFalse && !reconciling && !stalled && !slices.Contains(resting, c.Reason) {
		found = append(found, "Ready is False for "+c.Reason+", and neither Reconciling nor Stalled says why")
	}
	return found
}
