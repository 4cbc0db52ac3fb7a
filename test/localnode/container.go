package localnode

import (
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// maxBackoff is the longest wait before a restart; a run as long as
// backoffReset resets the backoff.
const (
	maxBackoff   = 5 * time.Minute
	backoffReset = 10 * time.Minute
)

// container is one container of a pod and its state. Only its pod's worker uses
// it.
type container struct {
	spec     *corev1.Container
	run      int // counts starts, so that late events of an earlier run can be told apart
	process  *process
	stop     func() // ends the probes of this run
	started  bool   // the startup probe has passed
	ready    bool
	state    corev1.ContainerState
	last     corev1.ContainerState
	restarts int32

	// killAt is when a process that was asked to exit is killed; zero if it was
	// not asked.
	killAt time.Time
	// startAt is the earliest time of the next start, backoff the wait before
	// it.
	startAt time.Time
	backoff time.Duration
}

// waiting records why the container is not running yet.
func (c *container) waiting(reason, message string) {
	c.state = corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: reason, Message: message}}
}

// running records a start.
func (c *container) running(p *process, now time.Time) {
	if c.state.Terminated != nil {
		c.last = c.state
	}
	if c.last.Terminated != nil {
		c.restarts++
	}
	c.process, c.killAt = p, time.Time{}
	c.started, c.ready = false, false
	c.state = corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: metav1.NewTime(now)}}
}

// ended records the exit of the process and when it may be restarted:
// immediately the first time, later with a doubling delay.
func (c *container) ended(exitCode int, now time.Time, firstBackoff time.Duration) {
	started := c.state.Running.StartedAt
	reason := "Completed"
	if exitCode != 0 {
		reason = "Error"
	}
	c.process, c.killAt = nil, time.Time{}
	c.started, c.ready = false, false
	c.state = corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{
		ExitCode: int32(exitCode), Reason: reason, StartedAt: started, FinishedAt: metav1.NewTime(now),
	}}
	if now.Sub(started.Time) >= backoffReset || c.restarts == 0 {
		c.backoff, c.startAt = 0, now
		return
	}
	c.backoff = min(max(2*c.backoff, firstBackoff), maxBackoff)
	c.startAt = now.Add(c.backoff)
}

// wanted reports whether the container should run under the pod's restart
// policy.
func (c *container) wanted(policy corev1.RestartPolicy) bool {
	end := c.state.Terminated
	if end == nil {
		end = c.last.Terminated
	}
	switch {
	case end == nil || policy == corev1.RestartPolicyAlways:
		return true
	case policy == corev1.RestartPolicyOnFailure:
		return end.ExitCode != 0
	default:
		return false
	}
}

// status returns the container's part of the pod's status.
func (c *container) status() corev1.ContainerStatus {
	started := c.started
	return corev1.ContainerStatus{
		Name: c.spec.Name, Image: c.spec.Image, ImageID: "process://" + c.spec.Image,
		State: c.state, LastTerminationState: c.last,
		RestartCount: c.restarts, Ready: c.ready, Started: &started,
	}
}
