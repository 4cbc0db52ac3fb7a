package status

import (
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// exited is how a container ended.
func exited(reason string, code int32, ago time.Duration) *corev1.ContainerStateTerminated {
	return &corev1.ContainerStateTerminated{Reason: reason, ExitCode: code, FinishedAt: metav1.NewTime(now.Add(-ago))}
}

// crashed is an unready pod whose container has ended this way before.
func crashed(restarts int32, last *corev1.ContainerStateTerminated, unreadyFor time.Duration) func(*Input) {
	return func(in *Input) {
		unready(unreadyFor)(in)
		in.Pod.Status.ContainerStatuses = []corev1.ContainerStatus{{
			Name: "runtime", RestartCount: restarts, LastTerminationState: corev1.ContainerState{Terminated: last},
			State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{}},
		}}
	}
}

func backingOff(in *Input) {
	in.Pod.Status.ContainerStatuses[0].State = corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "CrashLoopBackOff"}}
}

// besides adds a container that a webhook has put into the pod. The kubelet sorts
// them by name.
func besides(other corev1.ContainerStatus) func(*Input) {
	return func(in *Input) {
		other.Name = "proxy"
		in.Pod.Status.ContainerStatuses = append([]corev1.ContainerStatus{other}, in.Pod.Status.ContainerStatuses...)
	}
}

func TestACrashLoop(t *testing.T) {
	oom, failure := exited("OOMKilled", 137, time.Minute), exited("Error", 2, time.Minute)
	cases := []summaryCase{
		{"a first exit", []func(*Input){crashed(1, failure, 20*time.Second)}, progressing, "PodStarting", "", 0},
		{"a short loop", []func(*Input){crashed(2, failure, 20*time.Second), backingOff}, progressing, "PodFailed", "code 2", 40 * time.Second},
		{"a long loop", []func(*Input){crashed(2, failure, time.Minute), backingOff}, stalled, "PodFailed", "kubectl logs sales --previous", 0},
		{"a long loop while the container runs for a moment", []func(*Input){crashed(2, failure, time.Minute)}, stalled, "PodFailed", "code 2", 0},
		{"too little memory", []func(*Input){crashed(5, oom, time.Hour), backingOff}, stalled, "OOMKilled", "spec.pod.resources.limits.memory", 0},
		{"a container of others", []func(*Input){unready(time.Hour), besides(corev1.ContainerStatus{
			Image: "mesh", State: corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "ImagePullBackOff"}},
		})}, stalled, "PodFailed", "Container proxy, which the operator has not added to the pod, does not run (ImagePullBackOff)", 0},
		{"a container of others that is about to start", []func(*Input){unready(time.Second), besides(corev1.ContainerStatus{
			State: corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "PodInitializing"}},
		})}, progressing, "PodStarting", "", 0},
		{"a loop that is long over", []func(*Input){crashed(9, exited("Error", 2, time.Hour), 20*time.Second)}, progressing, "PodStarting", "", 0},
		{"a runtime that is heard of again", []func(*Input){crashed(9, oom, 20*time.Second), func(in *Input) {
			in.Runtime = working().Runtime
		}}, progressing, "PodStarting", "", 0},
	}
	testSummaries(t, cases)
}

// An image that cannot be pulled for a moment alarms nobody; and what is stalled
// does not flap while the kubelet tries again.
func TestStalledIsDebounced(t *testing.T) {
	in := working(waitingFor("ErrImagePull"))
	in.Pod.CreationTimestamp = metav1.NewTime(now)
	stalledAfter := func(passed time.Duration) bool {
		in.Now = now.Add(passed)
		in.Session.Status = Compute(in)
		return stateOf(in.Session.Status).stalled == "True ImagePullFailed"
	}
	for _, passed := range []time.Duration{0, 30 * time.Second, 59 * time.Second} {
		if stalledAfter(passed) {
			t.Errorf("it is stalled after %s", passed)
		}
	}
	if got := Reconsider(in); got != time.Second {
		t.Errorf("the status is computed again after %s", got)
	}
	if !stalledAfter(time.Minute) || !stalledAfter(30*time.Second) {
		t.Error("it is not stalled after a minute, or no more after the clock was set back")
	}
	if got := Reconsider(in); got != 0 {
		t.Errorf("a stalled session is computed again after %s", got)
	}
}

func TestAProblemThatMayPass(t *testing.T) {
	problem := func(since time.Duration) func(*Input) {
		return func(in *Input) {
			stalledBy("SecretNotFound")(in)
			in.ProblemSince = now.Add(-since)
		}
	}
	if got := stateOf(Compute(working(problem(59 * time.Second)))); got.reconciling != "True SecretNotFound" || got.stalled != idle {
		t.Errorf("at first it is %+v", got)
	}
	if got := stateOf(Compute(working(problem(time.Minute)))); got.stalled != "True SecretNotFound" {
		t.Errorf("after a minute it is %+v", got)
	}
}
