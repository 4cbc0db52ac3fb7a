package localnode

import (
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
)

func TestBackoff(t *testing.T) {
	c := &container{spec: &corev1.Container{Name: "x"}}
	now := time.Now()
	for i, want := range []time.Duration{0, 10 * time.Second, 20 * time.Second, 40 * time.Second, 80 * time.Second, 160 * time.Second, 5 * time.Minute, 5 * time.Minute} {
		c.running(nil, now)
		now = now.Add(time.Second)
		c.ended(1, now, 10*time.Second)
		if got := c.startAt.Sub(now); got != want {
			t.Errorf("wait after end %d: %v, want %v", i+1, got, want)
		}
		now = c.startAt
	}
	if c.restarts != 7 {
		t.Errorf("%d restarts counted, want 7", c.restarts)
	}
	c.running(nil, now)
	now = now.Add(backoffReset)
	c.ended(1, now, 10*time.Second)
	if !c.startAt.Equal(now) {
		t.Errorf("a container that ran for %v waits %v", backoffReset, c.startAt.Sub(now))
	}
}

func TestContainerStatus(t *testing.T) {
	c := &container{spec: &corev1.Container{Name: "web", Image: "example.org/web:v1"}}
	now := time.Now()
	c.waiting("ContainerCreating", "")
	if got := c.status(); got.State.Waiting == nil || got.Ready || *got.Started || got.RestartCount != 0 {
		t.Errorf("before its start: %+v", got)
	}
	c.running(nil, now)
	c.started, c.ready = true, true
	if got := c.status(); got.State.Running == nil || !got.Ready || !*got.Started || got.LastTerminationState.Terminated != nil {
		t.Errorf("running: %+v", got)
	}
	c.ended(0, now, time.Second)
	if got := c.status(); got.State.Terminated == nil || got.State.Terminated.Reason != "Completed" || got.Ready || *got.Started {
		t.Errorf("ended: %+v", got)
	}
	c.running(nil, now)
	if got := c.status(); got.RestartCount != 1 || got.LastTerminationState.Terminated == nil || got.Ready {
		t.Errorf("restarted: %+v", got)
	}
}

func TestWanted(t *testing.T) {
	ended := func(code int) *container {
		c := &container{spec: &corev1.Container{}}
		c.running(nil, time.Now())
		c.ended(code, time.Now(), time.Second)
		return c
	}
	fresh := &container{spec: &corev1.Container{}}
	fresh.waiting("ContainerCreating", "")
	for _, test := range []struct {
		name      string
		container *container
		policy    corev1.RestartPolicy
		want      bool
	}{
		{"not yet started", fresh, corev1.RestartPolicyNever, true},
		{"succeeded, Always", ended(0), corev1.RestartPolicyAlways, true},
		{"succeeded, OnFailure", ended(0), corev1.RestartPolicyOnFailure, false},
		{"failed, OnFailure", ended(1), corev1.RestartPolicyOnFailure, true},
		{"failed, Never", ended(1), corev1.RestartPolicyNever, false},
	} {
		if got := test.container.wanted(test.policy); got != test.want {
			t.Errorf("%s: wanted %v, want %v", test.name, got, test.want)
		}
	}
}
