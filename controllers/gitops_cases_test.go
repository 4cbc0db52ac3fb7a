package controllers_test

import (
	"time"

	corev1 "k8s.io/api/core/v1"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/controllers/status"
)

// healthCases are all kinds of status that the operator computes, with what the health
// checks for Argo CD and Flux make of each.
var healthCases = []struct {
	what, argo, flux string
	change           func(*status.Input)
}{
	{"connected", "Healthy", "Current", func(*status.Input) {}},
	{"waiting for a scan", "Suspended", "Current", reports("SCAN_QR_CODE", "WaitingForScan")},
	{"waiting for the code", "Suspended", "Current", reports("SCAN_QR_CODE", "WaitingForPhoneCode")},
	{"waiting for a passkey", "Suspended", "Current", reports("PASSKEY_REQUIRED", "PasskeyRequired")},
	{"waiting for codes to be compared", "Suspended", "Current", reports("PASSKEY_CONFIRMATION_REQUIRED", "PasskeyConfirmationRequired")},
	{"waiting for what a newer runtime waits for", "Suspended", "Current", reports("SCAN_QR_CODE", "WaitingForFingerprint")},
	{"stopped", "Suspended", "Current", func(in *status.Input) {
		in.Session.Spec.State, in.Pod, in.Runtime = v1alpha1.SessionStopped, nil, status.Runtime{}
	}},
	{"paused", "Suspended", "Current", func(in *status.Input) { in.Paused, in.ConfigHash = true, "new" }},

	{"new", "Progressing", "InProgress", func(in *status.Input) { in.Pod, in.Claim, in.Runtime = nil, nil, status.Runtime{} }},
	{"starting", "Progressing", "InProgress", func(in *status.Input) { in.Pod.Status, in.Runtime = corev1.PodStatus{}, status.Runtime{} }},
	{"connecting", "Progressing", "InProgress", reports("STARTING", "Connecting")},
	{"disconnected", "Progressing", "InProgress", reports("STARTING", "Disconnected")},
	{"replaced by another connection", "Progressing", "InProgress", reports("STARTING", "StreamReplaced")},
	{"banned for a time", "Progressing", "InProgress", reports("STARTING", "TemporaryBan")},
	{"not answering", "Progressing", "InProgress", func(in *status.Input) { in.Runtime = status.Runtime{} }},
	{"before a change is in force", "Progressing", "InProgress", func(in *status.Input) { in.ConfigHash = "new" }},
	{"being deleted", "Progressing", "InProgress", func(in *status.Input) { in.Deleting = true }},

	{"logged out", "Degraded", "Failed", reports("FAILED", "LoggedOut")},
	{"outdated", "Degraded", "Failed", reports("FAILED", "ClientOutdated")},
	{"paired elsewhere", "Degraded", "Failed", reports("FAILED", "EndpointMismatched")},
	{"failing for what a newer runtime fails for", "Degraded", "Failed", reports("FAILED", "AccountLocked")},
	{"without a Secret", "Degraded", "Failed", func(in *status.Input) {
		in.Problem = &status.Problem{Reason: v1alpha1.ReasonSecretNotFound, Message: "Secret x is not there"}
	}},
	{"without its volume", "Degraded", "Failed", func(in *status.Input) { in.Claim.Status.Phase = corev1.ClaimLost }},
}

// inputOf returns the input of a working session, with changes.
func inputOf(session *v1alpha1.WhatsAppSession, change func(*status.Input)) status.Input {
	session = session.DeepCopy()
	session.Spec.State = v1alpha1.SessionRunning
	in := status.Input{
		Session: session, Now: time.Now(), ClaimName: "data", ConfigHash: "hash", Endpoint: "http://judged.crm.svc:3000",
		Pod: &corev1.Pod{Status: corev1.PodStatus{
			Phase: corev1.PodRunning, Conditions: []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue}},
		}},
		Claim: &corev1.PersistentVolumeClaim{Status: corev1.PersistentVolumeClaimStatus{Phase: corev1.ClaimBound}},
		Runtime: status.Runtime{Connected: true, Status: &runtimev1.Status{
			Phase: runtimev1.PhaseWorking, Reason: runtimev1.ReasonConnected, Paired: true, ConfigHash: "hash",
		}},
	}
	change(&in)
	return in
}

func reports(phase runtimev1.Phase, reason runtimev1.Reason) func(*status.Input) {
	return func(in *status.Input) { in.Runtime.Status.Phase, in.Runtime.Status.Reason = phase, reason }
}
