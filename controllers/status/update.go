package status

import (
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/wasession/wasession/api/v1alpha1"
)

const (
	// updateDeadline is how long a session may take to become ready with a new
	// template of the operator.
	updateDeadline = 5 * time.Minute
	// trialPeriod is how long after that a failure is still blamed on the template.
	trialPeriod = 10 * time.Minute
)

// Template is what the pod was made of.
type Template struct {
	// Operator and Session identify the operator's and the session's own part;
	// Session is empty if it is not known.
	Operator, Session string
	// Trial: the session had worked with another part of the operator's, and with
	// the same part of its own.
	Trial bool
}

// updated tells whether the pod was made from the current template.
func updated(in Input, s summary, template *v1alpha1.TemplateStatus) metav1.Condition {
	is := func(status metav1.ConditionStatus, reason, message string) metav1.Condition {
		return metav1.Condition{Type: v1alpha1.ConditionUpdated, Status: status, Reason: reason, Message: message}
	}
	switch {
	case in.Pod == nil:
	case in.PodOutdated && in.Waiting != nil:
		return is(metav1.ConditionFalse, in.Waiting.Reason, in.Waiting.Message)
	case in.PodOutdated && in.Paused:
		return is(metav1.ConditionFalse, v1alpha1.ReasonPaused, "The annotation "+v1alpha1.AnnotationPaused+" keeps the pod")
	case in.PodOutdated:
		return is(metav1.ConditionFalse, v1alpha1.ReasonPodReplacing, "The pod is being replaced")
	case template != nil && template.Failed != "" && template.Failed == in.Template.Operator:
		return is(metav1.ConditionFalse, v1alpha1.ReasonUpdateFailed, "The session worked with the operator's previous template. "+failure(in, s))
	}
	return is(metav1.ConditionTrue, v1alpha1.ReasonUpToDate, "No pod from an older template is running")
}

func failure(in Input, s summary) string {
	switch {
	case s.kind == settled:
		return fmt.Sprintf("With the current one its runtime restarted, and has not run for %s since", trialPeriod)
	case s.kind == progressing && !restarted(in):
		return fmt.Sprintf("With the current one it has not become ready within %s: %s", updateDeadline, s.message)
	default:
		return "With the current one: " + s.message
	}
}

// template remembers what the session was last ready with. It forgets it once
// the session does not work for a reason of its own: what happens to the next
// pod then says nothing about the template.
func template(in Input, s summary) *v1alpha1.TemplateStatus {
	before := in.Session.Status.Template
	if in.Deleting || in.Session.Spec.State == v1alpha1.SessionStopped {
		return nil
	}
	after := v1alpha1.TemplateStatus{Failed: failed(in, s)}
	switch {
	case s.kind == settled && in.Template != (Template{}):
		after.Operator, after.Session = in.Template.Operator, in.Template.Session
	case before == nil:
		return nil
	case !in.Template.Trial && (s.kind == stalled || s.kind == resting) && fromRuntime(s.reason):
		return nil
	default:
		after.Operator, after.Session = before.Operator, before.Session
	}
	return &after
}

// failed returns the operator's part that the session fails with after it had
// worked with another one. While nothing is known of a pod, it stays the same.
func failed(in Input, s summary) string {
	var before v1alpha1.TemplateStatus
	if in.Session.Status.Template != nil {
		before = *in.Session.Status.Template
	}
	pod := in.Pod
	if pod == nil || pod.DeletionTimestamp != nil || ended(pod) || pod.Status.Reason == nodeLostReason {
		return before.Failed
	}
	if !in.Template.Trial {
		return ""
	}
	age := in.Now.Sub(pod.CreationTimestamp.Time)
	worked := before.Operator == in.Template.Operator // with this template too
	fails := before.Failed == in.Template.Operator
	switch {
	case s.kind == settled:
		// A restart ends the good opinion: a crash loop looks well now and then.
		fails = restarted(in) && runsFor(in) < trialPeriod && (fails || age < trialPeriod)
	case in.Problem != nil || s.reason == v1alpha1.ReasonStorageLost || s.reason == v1alpha1.ReasonNoStorageClass ||
		s.reason == v1alpha1.ReasonWrongAccount:
		// Something of the session's own is missing or wrong.
	case s.reason == v1alpha1.ReasonNodeLost || s.reason == v1alpha1.ReasonPodStuck:
		// Its node has failed, not its pod.
	case worked && age >= trialPeriod:
		// It has proved itself; what comes after that has another cause.
	case s.kind == stalled, s.doesNotRun(), restarted(in), s.kind == resting && fromRuntime(s.reason):
		fails = true
	case !worked && age >= updateDeadline:
		fails = true
	}
	if !fails {
		return ""
	}
	return in.Template.Operator
}

// nodeLostReason is the reason of a pod whose node does not answer.
const nodeLostReason = "NodeLost"

// RecheckUpdate returns when time alone may change what failed says: 0 for never.
func RecheckUpdate(in Input) time.Duration {
	if in.Pod == nil || !in.Template.Trial {
		return 0
	}
	left := updateDeadline - in.Now.Sub(in.Pod.CreationTimestamp.Time)
	if restarted(in) {
		left = trialPeriod - runsFor(in)
	}
	return max(left, 0)
}

func ended(pod *corev1.Pod) bool {
	return pod.Status.Phase == corev1.PodFailed || pod.Status.Phase == corev1.PodSucceeded
}

// restarted reports whether the pod's runtime was started again: its container by kubelet,
// or its process in the container.
func restarted(in Input) bool {
	container := RuntimeContainer(in.Pod)
	return container != nil && container.RestartCount > 0 || crashedAt(in) != nil
}

// runsFor returns how long the pod's runtime has been running.
func runsFor(in Input) time.Duration {
	container := RuntimeContainer(in.Pod)
	if container == nil || container.State.Running == nil {
		return 0
	}
	since := container.State.Running.StartedAt.Time
	if at := crashedAt(in); at != nil && at.After(since) {
		since = *at
	}
	return in.Now.Sub(since)
}

// crashedAt is when the runtime last crashed in its container; nil for never, as far as is
// known.
func crashedAt(in Input) *time.Time {
	if in.Runtime.Status == nil {
		return nil
	}
	return in.Runtime.Status.CrashedAt
}
