package status

import (
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/wasession/wasession/api/v1alpha1"
)

// podPending covers a pod that does not run yet: why it waits, and for whom.
func podPending(in Input) *summary {
	pod := in.Pod
	if pod.Status.Phase == corev1.PodRunning {
		return nil
	}
	scheduled := podCondition(pod, corev1.PodScheduled)
	switch {
	case scheduled != nil && scheduled.Status == corev1.ConditionTrue:
		return lasting(in, scheduled.LastTransitionTime.Time, in.Patience.Wait, summary{reason: v1alpha1.ReasonPodPending,
			message: fmt.Sprintf("The pod is on node %s and waits for its image or its volume: see kubectl describe pod %s", pod.Spec.NodeName, pod.Name)})
	case withoutClass(in.Claim):
		return lasting(in, in.Claim.CreationTimestamp.Time, in.Patience.Blip, summary{reason: v1alpha1.ReasonNoStorageClass,
			message: fmt.Sprintf("Claim %s names no storage class, and the cluster has no default one: make a class the default, or create the session with spec.storage.claim.storageClassName", in.ClaimName)})
	case scheduled != nil && scheduled.Reason == corev1.PodReasonUnschedulable:
		return lasting(in, scheduled.LastTransitionTime.Time, in.Patience.Wait, summary{reason: v1alpha1.ReasonUnschedulable,
			message: "No node takes the pod: " + schedulerSays(scheduled.Message, pod.Name)})
	default:
		return &summary{kind: progressing, reason: v1alpha1.ReasonPodPending, message: "The pod is waiting for a node, its image or its volume"}
	}
}

// withoutClass reports whether the claim waits because it has no storage class.
// The cluster writes the default class into every claim that names none.
func withoutClass(claim *corev1.PersistentVolumeClaim) bool {
	return claim != nil && claim.Spec.StorageClassName == nil && claim.Spec.VolumeName == "" &&
		claim.Status.Phase != corev1.ClaimBound && claim.Status.Phase != corev1.ClaimLost
}

// schedulerSays is the scheduler's reason without what it says about
// preemption, on one line and of a limited length.
func schedulerSays(message, pod string) string {
	const limit = 200
	message, _, _ = strings.Cut(message, " preemption:")
	message = strings.TrimRight(strings.Join(strings.Fields(strings.ToValidUTF8(message, "")), " "), ". ")
	if runes := []rune(message); len(runes) > limit {
		message = string(runes[:limit-1]) + "…"
	}
	if message == "" {
		return "see kubectl describe pod " + pod
	}
	return message
}
