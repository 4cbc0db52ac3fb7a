package localnode

import (
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

var (
	stateWaiting = corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{}}
	stateRunning = corev1.ContainerState{Running: &corev1.ContainerStateRunning{}}
)

func stateEnded(code int32) corev1.ContainerState {
	return corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{ExitCode: code}}
}

func TestPhase(t *testing.T) {
	status := func(state corev1.ContainerState) corev1.ContainerStatus { return corev1.ContainerStatus{State: state} }
	crashing := corev1.ContainerStatus{State: stateWaiting, LastTerminationState: stateEnded(1)}
	for _, test := range []struct {
		name       string
		policy     corev1.RestartPolicy
		containers []corev1.ContainerStatus
		want       corev1.PodPhase
	}{
		{"not started", corev1.RestartPolicyAlways, []corev1.ContainerStatus{status(stateWaiting)}, corev1.PodPending},
		{"one of two started", corev1.RestartPolicyAlways, []corev1.ContainerStatus{status(stateRunning), status(stateWaiting)}, corev1.PodPending},
		{"running", corev1.RestartPolicyAlways, []corev1.ContainerStatus{status(stateRunning)}, corev1.PodRunning},
		{"waits for its restart", corev1.RestartPolicyAlways, []corev1.ContainerStatus{crashing}, corev1.PodRunning},
		{"ended, will restart", corev1.RestartPolicyAlways, []corev1.ContainerStatus{status(stateEnded(0))}, corev1.PodRunning},
		{"failed, will restart", corev1.RestartPolicyOnFailure, []corev1.ContainerStatus{status(stateEnded(1))}, corev1.PodRunning},
		{"succeeded", corev1.RestartPolicyOnFailure, []corev1.ContainerStatus{status(stateEnded(0))}, corev1.PodSucceeded},
		{"failed", corev1.RestartPolicyNever, []corev1.ContainerStatus{status(stateEnded(0)), status(stateEnded(2))}, corev1.PodFailed},
		{"half ended", corev1.RestartPolicyNever, []corev1.ContainerStatus{status(stateEnded(2)), status(stateRunning)}, corev1.PodRunning},
	} {
		if got := phase(test.policy, test.containers); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

func TestPodStatusConditions(t *testing.T) {
	scheduled := corev1.PodCondition{Type: corev1.PodScheduled, Status: corev1.ConditionTrue}
	gate := corev1.PodCondition{Type: "example.org/gate", Status: corev1.ConditionTrue}
	pod := &corev1.Pod{Status: corev1.PodStatus{Conditions: []corev1.PodCondition{scheduled, gate}}}
	first := metav1.NewTime(time.Unix(1000, 0))
	later := metav1.NewTime(time.Unix(2000, 0))

	pod.Status = podStatus(pod, []corev1.ContainerStatus{{Name: "web", State: stateRunning}}, "127.2.0.2", first, first)
	if isReady(pod) {
		t.Error("a pod with an unready container is ready")
	}
	if len(pod.Status.Conditions) != 5 || pod.Status.Conditions[0] != scheduled || pod.Status.Conditions[1] != gate {
		t.Errorf("conditions of others were touched: %+v", pod.Status.Conditions)
	}
	pod.Status = podStatus(pod, []corev1.ContainerStatus{{Name: "web", State: stateRunning, Ready: true}}, "127.2.0.2", first, later)
	if !isReady(pod) || pod.Status.PodIP != "127.2.0.2" {
		t.Errorf("status %+v, want ready on its address", pod.Status)
	}
	for _, condition := range pod.Status.Conditions {
		want := map[corev1.PodConditionType]metav1.Time{corev1.PodInitialized: first, corev1.PodReady: later, corev1.ContainersReady: later}[condition.Type]
		if !condition.LastTransitionTime.Equal(&want) {
			t.Errorf("%s moved at %v, want %v", condition.Type, condition.LastTransitionTime, want)
		}
	}
}
