package status

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/wasession/wasession/api/v1alpha1"
)

func podMissing(in Input) *summary {
	if in.Pod != nil {
		return nil
	}
	return &summary{kind: progressing, reason: v1alpha1.ReasonProgressing, byOperator: true,
		message: "The session's objects are being created"}
}

// podState returns what the kubelet and the operator know about the pod.
func podState(in Input) *summary {
	if in.Pod.DeletionTimestamp != nil {
		return &summary{kind: progressing, reason: v1alpha1.ReasonPodReplacing, message: whyEnding(in)}
	}
	for _, question := range []func(Input) *summary{failing, outdated, containerState, podPending} {
		if s := question(in); s != nil {
			return s
		}
	}
	if !in.Runtime.Connected {
		return served(in)
	}
	return nil
}

// whyEnding says why a pod terminates, if it was not the operator's doing.
func whyEnding(in Input) string {
	const next = "The old pod must terminate before the new one starts"
	if t := podTermination(in.Pod); t != nil {
		return Explain(t) + ". " + next
	}
	return next
}

// served checks whether clients can reach the API: the Service routes to ready
// pods only.
func served(in Input) *summary {
	if podReady(in.Pod) {
		return nil
	}
	return &summary{kind: progressing, reason: v1alpha1.ReasonPodStarting, message: "The pod is running but does not serve its API yet"}
}

// outdated covers a pod that must be replaced. While only the operator's
// template asks for that, a pod that waits is judged by what it does: the spec is
// in force, and an upgrade must not make a fleet look unready.
func outdated(in Input) *summary {
	switch {
	case !in.PodOutdated || in.Waiting != nil && !in.OwnChange:
		return nil
	case in.Waiting == nil:
		return &summary{kind: progressing, reason: v1alpha1.ReasonPodReplacing, byOperator: true,
			message: "The old pod must terminate before the new one starts"}
	case in.Waiting.Reason == v1alpha1.ReasonRolloutHeld:
		return &summary{kind: stalled, reason: in.Waiting.Reason, byOperator: true, message: in.Waiting.Message}
	default:
		return &summary{kind: progressing, reason: in.Waiting.Reason, byOperator: true, message: in.Waiting.Message}
	}
}

func podReady(pod *corev1.Pod) bool {
	ready := podCondition(pod, corev1.PodReady)
	return ready != nil && ready.Status == corev1.ConditionTrue
}
