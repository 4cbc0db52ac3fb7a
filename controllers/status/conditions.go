package status

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/api/v1alpha1"
)

func storageReady(in Input) metav1.Condition {
	c := metav1.Condition{Type: v1alpha1.ConditionStorageReady, Status: metav1.ConditionFalse}
	switch claim := in.Claim; {
	case claim == nil:
		c.Reason, c.Message = v1alpha1.ReasonClaimPending, fmt.Sprintf("Claim %s does not exist yet", in.ClaimName)
		if in.Problem != nil && (in.Problem.Reason == v1alpha1.ReasonClaimNotFound || in.Problem.Reason == v1alpha1.ReasonStorageLost) {
			c.Reason, c.Message = in.Problem.Reason, in.Problem.Message
		}
	case claim.Status.Phase == corev1.ClaimLost:
		c.Reason, c.Message = v1alpha1.ReasonStorageLost, fmt.Sprintf("Claim %s has lost its volume", in.ClaimName)
	case claim.DeletionTimestamp != nil:
		c.Reason, c.Message = v1alpha1.ReasonClaimPending, fmt.Sprintf("Claim %s is being deleted; it is kept while the pod uses it", in.ClaimName)
	case withoutClass(claim):
		c.Reason, c.Message = v1alpha1.ReasonNoStorageClass, fmt.Sprintf("Claim %s names no storage class, and the cluster has no default one", in.ClaimName)
	case claim.Status.Phase != corev1.ClaimBound:
		c.Reason, c.Message = v1alpha1.ReasonClaimPending, fmt.Sprintf("Claim %s is not bound to a volume yet", in.ClaimName)
	case full(in) && !growing(claim):
		c.Reason, c.Message = v1alpha1.ReasonStorageFull, fmt.Sprintf("The volume of claim %s is full: enlarge spec.storage.claim.size, or set spec.history.retention or spec.storage.media.volume.maxSize", in.ClaimName)
	case growing(claim):
		c.Reason, c.Message = v1alpha1.ReasonResizing, fmt.Sprintf("Claim %s is growing", in.ClaimName)
	default:
		c.Status, c.Reason, c.Message = metav1.ConditionTrue, v1alpha1.ReasonBound, fmt.Sprintf("Claim %s is bound", in.ClaimName)
	}
	return c
}

// full reports whether the runtime reports a full volume.
func full(in Input) bool {
	report := in.Runtime.Status
	return in.Pod != nil && report != nil && report.Storage != nil && report.Storage.Full
}

func growing(claim *corev1.PersistentVolumeClaim) bool {
	asked := claim.Spec.Resources.Requests[corev1.ResourceStorage]
	held, known := claim.Status.Capacity[corev1.ResourceStorage]
	return known && held.Cmp(asked) < 0
}

// paired keeps the condition while the runtime has not reported: stopping a
// session does not unlink it.
func paired(in Input) metav1.Condition {
	c := metav1.Condition{Type: v1alpha1.ConditionPaired}
	report := in.Runtime.Status
	switch {
	case in.LoggedOut:
		c.Status, c.Reason, c.Message = metav1.ConditionFalse, v1alpha1.ReasonNotPaired, "Unlinked from the number, as the session is being deleted"
	case report == nil:
		c = keep(in, c, "Unknown until the runtime has started")
		if c.Status == metav1.ConditionTrue {
			c.Message = linkedTo(shown(in, in.Session.Status.Me))
		}
	case report.Reason == runtimev1.ReasonWrongAccount:
		c.Status, c.Reason, c.Message = metav1.ConditionFalse, v1alpha1.ReasonWrongAccount, "The linked or scanned number is not spec.pairing.account"
	case report.Paired:
		c.Status, c.Reason, c.Message = metav1.ConditionTrue, v1alpha1.ReasonPaired, linkedTo(shown(in, account(report)))
	case report.Reason == runtimev1.ReasonLoggedOut:
		c.Status, c.Reason, c.Message = metav1.ConditionFalse, v1alpha1.ReasonLoggedOut, "The device was removed on the phone"
	default:
		c.Status, c.Reason, c.Message = metav1.ConditionFalse, v1alpha1.ReasonNotPaired, "Not linked to a number"
	}
	return c
}

func connected(in Input, s summary) metav1.Condition {
	c := metav1.Condition{Type: v1alpha1.ConditionConnected, Status: metav1.ConditionFalse, Reason: s.reason, Message: s.message}
	report := in.Runtime.Status
	switch {
	case in.Pod == nil && s.reason == v1alpha1.ReasonStopped:
		c.Message = "No pod is running"
	case in.Pod == nil:
	case report == nil && in.Runtime.Grace:
		return keep(in, c, "Unknown until the runtime has started")
	case report == nil || !in.Runtime.Connected && !in.Runtime.Grace:
		c.Status = metav1.ConditionUnknown
		c.Reason, c.Message = v1alpha1.ReasonRuntimeUnreachable, "The pod does not respond to the operator"
	case report.Phase == runtimev1.PhaseWorking && report.Reason == runtimev1.ReasonConnected:
		c.Status, c.Reason, c.Message = metav1.ConditionTrue, v1alpha1.ReasonConnected, "Connected to WhatsApp"
	default:
		if said := reported(report); said != nil {
			c.Reason, c.Message = said.reason, said.message
		}
	}
	return c
}

// keep returns the existing condition, or an unknown one if there is none.
func keep(in Input, c metav1.Condition, unknown string) metav1.Condition {
	if before := meta.FindStatusCondition(in.Session.Status.Conditions, c.Type); before != nil {
		c.Status, c.Reason, c.Message = before.Status, before.Reason, before.Message
		return c
	}
	c.Status, c.Reason, c.Message = metav1.ConditionUnknown, v1alpha1.ReasonUnknown, unknown
	return c
}
