package controllers

import (
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/wasession/wasession/controllers/status"
)

func TestTheDelayOfFailedPods(t *testing.T) {
	for failures, want := range []time.Duration{
		10 * time.Second, 10 * time.Second, 20 * time.Second, 40 * time.Second, 80 * time.Second, 160 * time.Second, 5 * time.Minute, 5 * time.Minute,
	} {
		if got := failedPodDelay(10*time.Second, failures); got != want {
			t.Errorf("after %d failures the delay is %s, want %s", failures, got, want)
		}
	}
	if got := failedPodDelay(time.Hour, 1<<20); got != failedPodMaxDelay {
		t.Errorf("the delay has no bound: %s", got)
	}
}

func TestFailedPodsAreCounted(t *testing.T) {
	begin := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	key, other := types.NamespacedName{Name: "sales"}, types.NamespacedName{Name: "support"}
	pod := func(uid string, created time.Duration, phase corev1.PodPhase) *corev1.Pod {
		return &corev1.Pod{
			ObjectMeta: metav1.ObjectMeta{UID: types.UID(uid), CreationTimestamp: metav1.NewTime(begin.Add(created))},
			Status:     corev1.PodStatus{Phase: phase},
		}
	}
	f := &failedPods{}
	for _, step := range []struct {
		name string
		key  types.NamespacedName
		pod  *corev1.Pod
		at   time.Duration
		want status.Failures
	}{
		{"no pod", key, nil, 0, status.Failures{}},
		{"a running one", key, pod("a", 0, corev1.PodRunning), 0, status.Failures{}},
		{"it fails", key, pod("a", 0, corev1.PodFailed), time.Minute, status.Failures{Count: 1, Since: begin.Add(time.Minute)}},
		{"it is seen again", key, pod("a", 0, corev1.PodFailed), 2 * time.Minute, status.Failures{Count: 1, Since: begin.Add(time.Minute)}},
		{"the next one runs", key, pod("b", 2*time.Minute, corev1.PodRunning), 3 * time.Minute, status.Failures{Count: 1, Since: begin.Add(time.Minute)}},
		{"and fails", key, pod("b", 2*time.Minute, corev1.PodFailed), 4 * time.Minute, status.Failures{Count: 2, Since: begin.Add(time.Minute)}},
		{"another session's", other, pod("x", 0, corev1.PodFailed), 4 * time.Minute, status.Failures{Count: 1, Since: begin.Add(4 * time.Minute)}},
		{"one that was healthy", key, pod("c", 5*time.Minute, corev1.PodSucceeded), 15 * time.Minute, status.Failures{Count: 1, Since: begin.Add(15 * time.Minute)}},
	} {
		if got := f.observe(step.key, step.pod, begin.Add(step.at)); got != step.want {
			t.Errorf("%s: the row is %+v, want %+v", step.name, got, step.want)
		}
	}
	f.forget(key)
	if got := f.observe(key, nil, begin); got.Count != 0 {
		t.Errorf("a session that is gone is remembered: %+v", got)
	}
}
