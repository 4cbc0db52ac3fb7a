package status

import (
	"fmt"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/wasession/wasession/api/v1alpha1"
)

// lostAfter is how long past its grace period a pod may be terminating before
// its node is considered lost.
const lostAfter = 30 * time.Second

func podMissing(in Input) *summary {
	if in.Pod != nil {
		return nil
	}
	return &summary{kind: progressing, reason: v1alpha1.ReasonProgressing, byOperator: true,
		message: "The session's objects are being created"}
}

// podState returns what the kubelet and the operator know about the pod.
func podState(in Input) *summary {
	pod := in.Pod
	if pod.DeletionTimestamp != nil {
		message := "The old pod must terminate before the new one starts"
		if lost := nodeLost(in); lost != "" {
			message = lost
		}
		return &summary{kind: progressing, reason: v1alpha1.ReasonPodReplacing, message: message}
	}
	if ended(pod) {
		return &summary{kind: progressing, reason: v1alpha1.ReasonPodReplacing, byOperator: true,
			message: "The pod was evicted or lost with its node and is being recreated"}
	}
	if s := outdated(in); s != nil {
		return s
	}
	if s := waitingContainer(in); s != nil {
		return s
	}
	if pod.Status.Phase != corev1.PodRunning {
		return &summary{kind: progressing, reason: v1alpha1.ReasonPodPending, message: pendingMessage(pod)}
	}
	if !in.Runtime.Connected {
		return served(in)
	}
	return nil
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

var imageReasons = []string{"ImagePullBackOff", "ErrImagePull", "InvalidImageName", "ErrImageNeverPull", "ImageInspectError"}

var configReasons = []string{"CreateContainerConfigError", "CreateContainerError", "RunContainerError"}

// waitingContainer returns why the kubelet cannot start the container. The pod
// recovers by itself once the cause is fixed.
func waitingContainer(in Input) *summary {
	for _, container := range in.Pod.Status.ContainerStatuses {
		waiting := container.State.Waiting
		switch {
		case waiting == nil:
		case slices.Contains(imageReasons, waiting.Reason):
			return &summary{kind: stalled, reason: v1alpha1.ReasonImagePullFailed,
				message: fmt.Sprintf("Image %s cannot be pulled (%s): correct spec.pod.image or spec.pod.imagePullSecrets, or make the image available", container.Image, waiting.Reason)}
		case slices.Contains(configReasons, waiting.Reason):
			return &summary{kind: stalled, reason: v1alpha1.ReasonPodFailed,
				message: fmt.Sprintf("The pod's container cannot be created (%s): see kubectl describe pod %s", waiting.Reason, in.Pod.Name)}
		case waiting.Reason == "CrashLoopBackOff":
			return &summary{kind: stalled, reason: v1alpha1.ReasonPodFailed,
				message: fmt.Sprintf("The runtime exits as soon as it starts: see the last line of kubectl logs %s --previous", in.Pod.Name)}
		}
	}
	return nil
}

func pendingMessage(pod *corev1.Pod) string {
	for _, condition := range pod.Status.Conditions {
		if condition.Type == corev1.PodScheduled && condition.Status == corev1.ConditionFalse && condition.Reason == corev1.PodReasonUnschedulable {
			return fmt.Sprintf("No node can run the pod: see kubectl describe pod %s", pod.Name)
		}
	}
	return "The pod is waiting for a node, its image or its volume"
}

// nodeLost returns the message for a pod that should have terminated long ago
// but whose node does not confirm it; empty otherwise.
func nodeLost(in Input) string {
	deadline := in.Pod.DeletionTimestamp // includes the grace period
	if deadline == nil || in.Now.Sub(deadline.Time) < lostAfter {
		return ""
	}
	return fmt.Sprintf("The pod should have terminated, but node %s does not confirm it. The operator never force-deletes the pod, as two pods must not share a number: bring the node back, or remove it from the cluster", in.Pod.Spec.NodeName)
}

func podReady(pod *corev1.Pod) bool {
	for _, condition := range pod.Status.Conditions {
		if condition.Type == corev1.PodReady {
			return condition.Status == corev1.ConditionTrue
		}
	}
	return false
}
