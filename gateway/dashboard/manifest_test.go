package dashboard

import (
	"fmt"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/gateway/fleet"
)

// A manifest has what a person would keep in Git, and nothing of the cluster's.
func TestTheManifestOfASession(t *testing.T) {
	s := &v1alpha1.WhatsAppSession{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: "crm", Name: "sales", UID: "x", ResourceVersion: "7", Generation: 3, Finalizers: []string{"wasession.dev/x"},
			Labels:      map[string]string{"team": "eu"},
			Annotations: map[string]string{"note": "kept", "argocd.argoproj.io/tracking-id": "x", "kubectl.kubernetes.io/last-applied-configuration": "{}"},
		},
		Spec:   v1alpha1.WhatsAppSessionSpec{SessionName: "Sales_EU"},
		Status: v1alpha1.WhatsAppSessionStatus{Phase: v1alpha1.PhaseWorking},
	}
	got, err := manifestOf(s)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"apiVersion: wasession.dev/v1alpha1\n", "kind: WhatsAppSession\n", "  name: sales\n", "team: eu", "note: kept", "sessionName: Sales_EU"} {
		if !strings.Contains(got, text) {
			t.Errorf("%q is missing in\n%s", text, got)
		}
	}
	for _, text := range []string{"uid", "resourceVersion", "generation", "finalizers", "status", "argocd", "last-applied", "creationTimestamp"} {
		if strings.Contains(got, text) {
			t.Errorf("%q is in\n%s", text, got)
		}
	}
}

func TestConditionsAreExplained(t *testing.T) {
	condition := func(kind string, status metav1.ConditionStatus, reason string) metav1.Condition {
		return metav1.Condition{Type: kind, Status: status, Reason: reason}
	}
	var got []string
	for _, c := range explain([]metav1.Condition{
		condition("FromElsewhere", "True", "x"),
		condition(v1alpha1.ConditionStalled, "True", v1alpha1.ReasonLoggedOut),
		condition(v1alpha1.ConditionReconciling, "False", v1alpha1.ReasonSettled),
		condition(v1alpha1.ConditionPaired, "Unknown", v1alpha1.ReasonUnknown),
		condition(v1alpha1.ConditionReady, "False", v1alpha1.ReasonLoggedOut),
	}) {
		got = append(got, fmt.Sprintf("%s %s %v %v", c.Type, c.Tone, c.Meaning != "", c.Advice != ""))
	}
	want := []string{
		"Ready wait true true", "Reconciling good true false",
		"Stalled bad true false", // the advice is given once
		"Paired wait true false", "FromElsewhere off false false",
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// What becomes of the volume is said before it happens.
func TestTheConsequenceOfDeleting(t *testing.T) {
	for want, change := range map[string]func(*v1alpha1.WhatsAppSession){
		"stays, by storage.claim.whenDeleted: Retain": func(s *v1alpha1.WhatsAppSession) { s.Spec.Storage.Claim.WhenDeleted = v1alpha1.VolumeRetain },
		"delete the claim sales-data as well": func(s *v1alpha1.WhatsAppSession) {
			s.Status.Volume = &v1alpha1.VolumeStatus{Claim: "sales-data"}
		},
		"are lost for good": func(s *v1alpha1.WhatsAppSession) { s.Spec.Storage.Claim.WhenDeleted = v1alpha1.VolumeDelete },
		"the claim old-data, stays as it is": func(s *v1alpha1.WhatsAppSession) {
			s.Spec.Storage.Type, s.Spec.Storage.ExistingClaim = v1alpha1.StorageExistingClaim, "old-data"
		},
		"goes on listing the device": func(*v1alpha1.WhatsAppSession) {},
		"The device is unlinked": func(s *v1alpha1.WhatsAppSession) {
			s.Annotations = map[string]string{v1alpha1.AnnotationLogoutOnDelete: "true"}
		},
	} {
		s := &v1alpha1.WhatsAppSession{ObjectMeta: metav1.ObjectMeta{Namespace: "crm", Name: "sales"}}
		change(s)
		if got := strings.Join(afterDelete(session{Session: fleet.Session{WhatsAppSession: s}}), " "); !strings.Contains(got, want) {
			t.Errorf("%q does not say %q", got, want)
		}
	}
}
