package localnode

import (
	"context"
	"encoding/json"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// podStatus computes the pod's status from those of its containers, keeping
// what others have written into the current one.
func podStatus(pod *corev1.Pod, containers []corev1.ContainerStatus, ip string, started metav1.Time, now metav1.Time) corev1.PodStatus {
	status := *pod.Status.DeepCopy()
	status.HostIP, status.HostIPs = hostIP, []corev1.HostIP{{IP: hostIP}}
	status.PodIP, status.PodIPs = ip, []corev1.PodIP{{IP: ip}}
	status.StartTime = &started
	status.ContainerStatuses = containers
	status.Phase = phase(pod.Spec.RestartPolicy, containers)
	status.QOSClass = pod.Status.QOSClass

	ready := corev1.PodCondition{Status: corev1.ConditionTrue}
	for _, container := range containers {
		if !container.Ready {
			ready = corev1.PodCondition{
				Status: corev1.ConditionFalse, Reason: "ContainersNotReady",
				Message: "containers with unready status: [" + container.Name + "]",
			}
		}
	}
	if status.Phase == corev1.PodSucceeded || status.Phase == corev1.PodFailed {
		ready.Reason, ready.Message = "PodCompleted", ""
	}
	for _, kind := range []corev1.PodConditionType{corev1.PodInitialized, corev1.ContainersReady, corev1.PodReady} {
		condition := ready
		if kind == corev1.PodInitialized {
			condition = corev1.PodCondition{Status: corev1.ConditionTrue}
		}
		condition.Type = kind
		setCondition(&status, condition, now)
	}
	return status
}

// phase derives the pod's phase from the states of its containers.
func phase(policy corev1.RestartPolicy, containers []corev1.ContainerStatus) corev1.PodPhase {
	var ended, failed, unstarted int
	for _, container := range containers {
		switch {
		case container.State.Terminated != nil:
			ended++
			if container.State.Terminated.ExitCode != 0 {
				failed++
			}
		case container.State.Waiting != nil && container.LastTerminationState.Terminated == nil:
			unstarted++
		}
	}
	over := ended == len(containers)
	switch {
	case unstarted > 0:
		return corev1.PodPending
	case over && failed > 0 && policy == corev1.RestartPolicyNever:
		return corev1.PodFailed
	case over && failed == 0 && policy != corev1.RestartPolicyAlways:
		return corev1.PodSucceeded
	default:
		return corev1.PodRunning
	}
}

// setCondition sets condition; its transition time changes only with its
// status.
func setCondition(status *corev1.PodStatus, condition corev1.PodCondition, now metav1.Time) {
	condition.LastTransitionTime = now
	at := slices.IndexFunc(status.Conditions, func(c corev1.PodCondition) bool { return c.Type == condition.Type })
	if at < 0 {
		status.Conditions = append(status.Conditions, condition)
		return
	}
	present := &status.Conditions[at]
	if present.Status == condition.Status {
		condition.LastTransitionTime = present.LastTransitionTime
	}
	condition.LastProbeTime = present.LastProbeTime
	condition.ObservedGeneration = present.ObservedGeneration
	*present = condition
}

// patchStatus writes status unless pod already has it. It never changes another
// pod of the same name.
func patchStatus(ctx context.Context, writer client.Client, pod *corev1.Pod, status corev1.PodStatus) error {
	if equality.Semantic.DeepEqual(pod.Status, status) {
		return nil
	}
	patch, err := json.Marshal(map[string]any{"metadata": map[string]any{"uid": pod.UID}, "status": status})
	if err != nil {
		return err
	}
	target := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: pod.Namespace, Name: pod.Name}}
	return writer.Status().Patch(ctx, target, client.RawPatch(types.StrategicMergePatchType, patch))
}
