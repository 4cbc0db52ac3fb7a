package status

import (
	"fmt"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/controllers/desired"
)

var imageReasons = []string{"ImagePullBackOff", "ErrImagePull", "InvalidImageName", "ErrImageNeverPull", "ImageInspectError"}

var configReasons = []string{"CreateContainerConfigError", "CreateContainerError", "RunContainerError"}

// startReasons are those of a container that is about to start.
var startReasons = []string{"ContainerCreating", "PodInitializing"}

// crashMemory is how long the kubelet counts exits of a container together.
const crashMemory = 10 * time.Minute

// containerState returns why the container does not run, or does not keep
// running. The pod recovers by itself once the cause is fixed.
func containerState(in Input) *summary {
	for i := range in.Pod.Status.ContainerStatuses {
		container := &in.Pod.Status.ContainerStatuses[i]
		var s *summary
		waiting := waitingReason(container)
		switch {
		case container.Name != desired.ContainerName:
			if waiting == "" || slices.Contains(startReasons, waiting) {
				continue
			}
			s = &summary{reason: v1alpha1.ReasonPodFailed,
				message: fmt.Sprintf("Container %s, which the operator has not added to the pod, does not run (%s): see kubectl describe pod %s", container.Name, waiting, in.Pod.Name)}
		case slices.Contains(imageReasons, waiting):
			s = &summary{reason: v1alpha1.ReasonImagePullFailed,
				message: fmt.Sprintf("Image %s cannot be pulled: correct spec.pod.image or spec.pod.imagePullSecrets, or make the image available", container.Image)}
		case slices.Contains(configReasons, waiting):
			s = &summary{reason: v1alpha1.ReasonPodFailed,
				message: fmt.Sprintf("The pod's container cannot be created (%s): see kubectl describe pod %s", waiting, in.Pod.Name)}
		case crashing(in, container):
			s = crash(in, container)
		default:
			continue
		}
		return lasting(in, unreadySince(in.Pod), in.Patience.Blip, *s)
	}
	return nil
}

// doesNotRun reports whether the container is why the session does not work. It
// is known at once, though the session is Stalled only after a while.
func (s summary) doesNotRun() bool {
	return s.reason == v1alpha1.ReasonImagePullFailed || s.reason == v1alpha1.ReasonPodFailed || s.reason == v1alpha1.ReasonOOMKilled
}

// RuntimeContainer is the status of the session's own container; nil before there
// is one. Admission webhooks, of service meshes for example, may add others.
func RuntimeContainer(pod *corev1.Pod) *corev1.ContainerStatus {
	i := slices.IndexFunc(pod.Status.ContainerStatuses, func(c corev1.ContainerStatus) bool { return c.Name == desired.ContainerName })
	if i < 0 {
		return nil
	}
	return &pod.Status.ContainerStatuses[i]
}

func waitingReason(container *corev1.ContainerStatus) string {
	if container.State.Waiting == nil {
		return ""
	}
	return container.State.Waiting.Reason
}

// crashing reports whether the container exits again and again. Between two
// exits it runs for a moment, which changes nothing until it is ready.
func crashing(in Input, container *corev1.ContainerStatus) bool {
	if waitingReason(container) == "CrashLoopBackOff" {
		return true
	}
	last := lastExit(container)
	return last != nil && container.RestartCount > 1 && !container.Ready && !in.Runtime.Connected &&
		in.Now.Sub(last.FinishedAt.Time) < crashMemory
}

func crash(in Input, container *corev1.ContainerStatus) *summary {
	last := lastExit(container)
	switch {
	case last != nil && last.Reason == reasonOOMKilled:
		return &summary{reason: v1alpha1.ReasonOOMKilled,
			message: "The runtime is killed again and again because it exceeds its memory limit: raise spec.pod.resources.limits.memory"}
	case last != nil:
		return &summary{reason: v1alpha1.ReasonPodFailed,
			message: fmt.Sprintf("The runtime exits again and again, the last time with code %d: see the last line of kubectl logs %s --previous", last.ExitCode, in.Pod.Name)}
	default:
		return &summary{reason: v1alpha1.ReasonPodFailed,
			message: fmt.Sprintf("The runtime exits again and again: see the last line of kubectl logs %s --previous", in.Pod.Name)}
	}
}

// lastExit is how the container ended last; nil if it never did.
func lastExit(container *corev1.ContainerStatus) *corev1.ContainerStateTerminated {
	if container.State.Terminated != nil {
		return container.State.Terminated
	}
	return container.LastTerminationState.Terminated
}

// unreadySince is when the pod stopped being ready, or when it was made.
func unreadySince(pod *corev1.Pod) time.Time {
	if ready := podCondition(pod, corev1.PodReady); ready != nil && ready.Status != corev1.ConditionTrue {
		return ready.LastTransitionTime.Time
	}
	return pod.CreationTimestamp.Time
}
