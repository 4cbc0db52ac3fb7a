package status

import (
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/wasession/wasession/api/v1alpha1"
)

const reasonOOMKilled = "OOMKilled"

// disruptions are the reasons of a pod's condition DisruptionTarget.
var disruptions = map[string]v1alpha1.TerminationReason{
	corev1.PodReasonPreemptionByScheduler: v1alpha1.TerminationPreempted,
	"EvictionByEvictionAPI":               v1alpha1.TerminationEvicted,
	"DeletionByTaintManager":              v1alpha1.TerminationNodeTainted,
	"DeletionByPodGC":                     v1alpha1.TerminationNodeGone,
	corev1.PodReasonTerminationByKubelet:  v1alpha1.TerminationNodeShutdown,
}

// failures are the reasons of a pod's phase Failed.
var failures = map[string]v1alpha1.TerminationReason{
	"Evicted":      v1alpha1.TerminationEvicted,
	"Preempting":   v1alpha1.TerminationPreempted,
	"Terminated":   v1alpha1.TerminationNodeShutdown,
	"Shutdown":     v1alpha1.TerminationNodeShutdown,
	"NodeShutdown": v1alpha1.TerminationNodeShutdown,
	"NodeLost":     v1alpha1.TerminationNodeGone,
}

// lastTermination is the last end of a container or pod of the session that was
// not the operator's doing: the one that the pod shows, or the one there was.
func lastTermination(in Input) *v1alpha1.TerminationStatus {
	before := in.Session.Status.LastTermination
	if in.Pod == nil {
		return before
	}
	if Told(in.Session, in.Pod) {
		return before
	}
	return podTermination(in.Pod)
}

// Told reports whether the status covers all that a pod shows of ends.
func Told(session *v1alpha1.WhatsAppSession, pod *corev1.Pod) bool {
	seen, before := podTermination(pod), session.Status.LastTermination
	return seen == nil || before != nil && !seen.Time.After(before.Time.Time)
}

// podTermination is the last end that a pod shows; nil for none.
func podTermination(pod *corev1.Pod) *v1alpha1.TerminationStatus {
	var exit *corev1.ContainerStateTerminated
	if container := RuntimeContainer(pod); container != nil {
		exit = lastExit(container)
	}
	disrupted := podCondition(pod, corev1.DisruptionTarget)
	if disrupted != nil && disrupted.Status != corev1.ConditionTrue {
		disrupted = nil
	}
	switch {
	case pod.Status.Phase == corev1.PodFailed && pod.Status.Reason != "":
		reason, known := failures[pod.Status.Reason]
		if !known {
			reason = v1alpha1.TerminationRejected
		}
		at := pod.CreationTimestamp
		if disrupted != nil && disrupted.LastTransitionTime.After(at.Time) {
			at = disrupted.LastTransitionTime
		}
		if exit != nil && exit.FinishedAt.After(at.Time) {
			at = exit.FinishedAt
		}
		return termination(reason, at)
	case disrupted != nil && disruptions[disrupted.Reason] != "":
		return termination(disruptions[disrupted.Reason], disrupted.LastTransitionTime)
	case exit == nil || pod.DeletionTimestamp != nil:
		return nil // a pod that is told to end, ends
	case exit.Reason == reasonOOMKilled:
		t := termination(v1alpha1.TerminationOOMKilled, exit.FinishedAt)
		t.ExitCode = &exit.ExitCode
		return t
	default:
		t := termination(v1alpha1.TerminationExited, exit.FinishedAt)
		t.ExitCode = &exit.ExitCode
		return t
	}
}

// termination truncates to whole seconds, as the API server stores times.
func termination(reason v1alpha1.TerminationReason, at metav1.Time) *v1alpha1.TerminationStatus {
	return &v1alpha1.TerminationStatus{Reason: reason, Time: metav1.NewTime(at.UTC().Truncate(time.Second))}
}

// Explain says what happened, as a sentence without a full stop.
func Explain(t *v1alpha1.TerminationStatus) string {
	switch t.Reason {
	case v1alpha1.TerminationOOMKilled:
		return "The runtime was killed because it exceeded its memory limit"
	case v1alpha1.TerminationExited:
		code := int32(0)
		if t.ExitCode != nil {
			code = *t.ExitCode
		}
		return fmt.Sprintf("The runtime exited with code %d", code)
	case v1alpha1.TerminationEvicted:
		return "The pod was evicted from its node"
	case v1alpha1.TerminationPreempted:
		return "The pod made room for one of a higher priority"
	case v1alpha1.TerminationNodeTainted:
		return "The pod was removed because of a taint of its node"
	case v1alpha1.TerminationNodeShutdown:
		return "The pod ended because its node was shut down"
	case v1alpha1.TerminationNodeGone:
		return "The cluster removed the pod of a node that is gone or out of service"
	case v1alpha1.TerminationRejected:
		return "The node did not take the pod"
	default:
		return "The pod has ended"
	}
}
