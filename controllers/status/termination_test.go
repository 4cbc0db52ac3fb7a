package status

import (
	"reflect"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/wasession/wasession/api/v1alpha1"
)

func disrupted(reason string) func(*Input) {
	return func(in *Input) {
		in.Pod.Status.Conditions = append(in.Pod.Status.Conditions, corev1.PodCondition{
			Type: corev1.DisruptionTarget, Status: corev1.ConditionTrue, Reason: reason, LastTransitionTime: metav1.NewTime(now),
		})
	}
}

func failedPod(reason string) func(*Input) {
	return func(in *Input) {
		in.Pod.Status = corev1.PodStatus{Phase: corev1.PodFailed, Reason: reason}
		in.Pod.CreationTimestamp = metav1.NewTime(now)
		in.Runtime = Runtime{}
	}
}

func TestHowAPodEnded(t *testing.T) {
	at := func(reason v1alpha1.TerminationReason, code *int32) *v1alpha1.TerminationStatus {
		return &v1alpha1.TerminationStatus{Reason: reason, ExitCode: code, Time: metav1.NewTime(now)}
	}
	cases := []struct {
		name    string
		changes []func(*Input)
		want    *v1alpha1.TerminationStatus
	}{
		{"it did not", nil, nil},
		{"no pod", []func(*Input){away}, nil},
		{"out of memory", []func(*Input){crashed(1, exited("OOMKilled", 137, 0), 0)}, at("OOMKilled", ptr.To[int32](137))},
		{"by itself", []func(*Input){crashed(1, exited("Error", 2, 0), 0)}, at("Exited", ptr.To[int32](2))},
		{"out of memory, with another container before it", []func(*Input){crashed(1, exited("OOMKilled", 137, 0), 0), besides(corev1.ContainerStatus{})}, at("OOMKilled", ptr.To[int32](137))},
		{"only another container", []func(*Input){besides(corev1.ContainerStatus{
			RestartCount: 1, LastTerminationState: corev1.ContainerState{Terminated: exited("Error", 1, 0)},
		})}, nil},
		{"as it was told", []func(*Input){crashed(0, exited("Completed", 0, 0), 0), ending(0)}, nil},
		{"drained", []func(*Input){disrupted("EvictionByEvictionAPI")}, at("Evicted", nil)},
		{"preempted", []func(*Input){disrupted("PreemptionByScheduler")}, at("Preempted", nil)},
		{"tainted", []func(*Input){disrupted("DeletionByTaintManager")}, at("NodeTainted", nil)},
		{"collected", []func(*Input){disrupted("DeletionByPodGC")}, at("NodeGone", nil)},
		{"shut down", []func(*Input){disrupted("TerminationByKubelet")}, at("NodeShutdown", nil)},
		{"disrupted in a newer way", []func(*Input){disrupted("DeletionByFairies")}, nil},
		{"evicted by its node", []func(*Input){failedPod("Evicted")}, at("Evicted", nil)},
		{"shut down with its node", []func(*Input){failedPod("Terminated")}, at("NodeShutdown", nil)},
		{"not taken by its node", []func(*Input){failedPod("OutOfcpu")}, at("Rejected", nil)},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := Compute(working(c.changes...)).LastTermination
			if !reflect.DeepEqual(got, c.want) {
				t.Errorf("the last termination is %+v, want %+v", got, c.want)
			}
			if got != nil && Explain(got) == Explain(&v1alpha1.TerminationStatus{}) {
				t.Errorf("%s is not explained", got.Reason)
			}
		})
	}
}

func TestTheLastTerminationStays(t *testing.T) {
	in := working(crashed(1, exited("OOMKilled", 137, 0), 0))
	in.Session.Status = Compute(in)
	before := in.Session.Status.LastTermination
	for name, change := range map[string]func(*Input){
		"the same pod": func(*Input) {}, "no pod": away, "another pod": func(in *Input) { in.Pod = working().Pod },
		"an older end": func(in *Input) { in.Pod = working(crashed(1, exited("Error", 1, time.Hour), 0)).Pod },
	} {
		in := in
		change(&in)
		if got := Compute(in).LastTermination; !reflect.DeepEqual(got, before) {
			t.Errorf("%s: it is %+v", name, got)
		}
	}
}

func TestPodsThatFailOneAfterTheOther(t *testing.T) {
	failures := func(count int, since time.Duration) func(*Input) {
		return func(in *Input) { in.Failures = Failures{Count: count, Since: now.Add(-since)} }
	}
	cases := []struct {
		name    string
		changes []func(*Input)
		kind    kind
		reason  string
		message string
	}{
		{"the first", []func(*Input){failedPod("Evicted"), failures(1, 0)}, progressing, "PodReplacing", "evicted from its node: another one is made"},
		{"the third in a short time", []func(*Input){failedPod("OutOfcpu"), failures(3, time.Minute)}, progressing, "PodFailed", "3 pods in a row"},
		{"the seventh", []func(*Input){failedPod("OutOfcpu"), failures(7, 5*time.Minute)}, stalled, "PodFailed", "7 pods in a row have failed. The node did not take the pod"},
		{"and the next waits", []func(*Input){waitingFor(""), failures(7, 5*time.Minute)}, stalled, "PodFailed", "7 pods in a row"},
		{"and the next runs", []func(*Input){failures(7, 5*time.Minute)}, settled, "Connected", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := summarize(working(c.changes...))
			if got.kind != c.kind || got.reason != c.reason || !strings.Contains(got.message, c.message) {
				t.Errorf("summary is %+v, want kind %d, %s, …%s…", got, c.kind, c.reason, c.message)
			}
		})
	}
}
