package status

import (
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/wasession/wasession/api/v1alpha1"
)

// outdatedAnd is a pod that keeps an older template for the reason.
func outdatedAnd(reason string, changes ...func(*Input)) func(*Input) {
	return func(in *Input) {
		in.PodOutdated, in.Waiting = true, &Problem{reason, "It waits"}
		for _, change := range changes {
			change(in)
		}
	}
}

func ownChange(in *Input) { in.OwnChange = true }

// last sets what the session was last ready with.
func last(operator, failed string) func(*Input) {
	return func(in *Input) {
		in.Session.Status.Template = &v1alpha1.TemplateStatus{Operator: operator, Session: "own", Failed: failed}
	}
}

// madeFrom is a pod of that age.
func madeFrom(operator string, age time.Duration) func(*Input) {
	return func(in *Input) {
		in.Template = Template{Operator: operator, Session: "own"}
		in.Pod.CreationTimestamp = metav1.NewTime(now.Add(-age))
	}
}

// trying is a pod with the operator's new template, of a session that worked with "old".
func trying(age time.Duration) func(*Input) {
	return func(in *Input) {
		madeFrom("new", age)(in)
		in.Template.Trial = true
	}
}

// restartedFor is a container that was restarted and has been running for a time.
func restartedFor(runs time.Duration) func(*Input) {
	return func(in *Input) {
		in.Pod.Status.ContainerStatuses = []corev1.ContainerStatus{{
			Name: "runtime", RestartCount: 1, State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: metav1.NewTime(now.Add(-runs))}},
		}}
	}
}

// crashedAgo is a process that crashed in its container, which has run all the time.
func crashedAgo(runs time.Duration) func(*Input) {
	return func(in *Input) {
		at := now.Add(-runs)
		in.Runtime.Status.CrashedAt = &at
		in.Pod.Status.ContainerStatuses = []corev1.ContainerStatus{{
			Name: "runtime", State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: metav1.NewTime(now.Add(-24 * time.Hour))}},
		}}
	}
}

func TestWhatASessionWorkedWith(t *testing.T) {
	const none = "none"
	disconnected, loggedOut := report("STARTING", "Disconnected"), report("FAILED", "LoggedOut")
	crashing := waitingFor("CrashLoopBackOff")
	cases := []struct {
		name             string
		changes          []func(*Input)
		operator, failed string
	}{
		// What it was last ready with.
		{"ready for the first time", []func(*Input){madeFrom("new", 0)}, "new", ""},
		{"ready with another template", []func(*Input){last("old", ""), madeFrom("new", 0)}, "new", ""},
		{"ready with an image of its own", []func(*Input){last("old", ""), madeFrom("", 0)}, "", ""},
		{"ready with a pod of an earlier operator", []func(*Input){func(in *Input) { in.Template = Template{} }}, none, ""},
		{"never ready", []func(*Input){madeFrom("new", 0), disconnected}, none, ""},
		{"disconnected", []func(*Input){last("old", ""), madeFrom("old", time.Hour), disconnected}, "old", ""},
		{"between two pods", []func(*Input){last("old", ""), away}, "old", ""},
		{"its pod ends", []func(*Input){last("old", ""), madeFrom("old", time.Hour), ending(0)}, "old", ""},
		{"its pod crashes", []func(*Input){last("old", ""), madeFrom("old", time.Hour), crashing}, "old", ""},
		{"logged out", []func(*Input){last("old", ""), madeFrom("old", time.Hour), loggedOut}, none, ""},
		{"waiting for a scan", []func(*Input){last("old", ""), madeFrom("old", time.Hour), report("SCAN_QR_CODE", "WaitingForScan")}, none, ""},
		{"waiting for a Secret", []func(*Input){last("old", ""), madeFrom("old", time.Hour), stalledBy("SecretNotFound")}, "old", ""},
		{"stopped", []func(*Input){last("old", "new"), stop, away}, none, ""},
		{"deleted", []func(*Input){last("old", "new"), deletion, ending(0)}, none, ""},
		{"paused", []func(*Input){last("old", ""), madeFrom("old", time.Hour), pause, func(in *Input) { in.PodOutdated = true }}, "old", ""},

		// How a new template fares on it.
		{"the new pod starts", []func(*Input){last("old", ""), trying(time.Minute), waitingFor("")}, "old", ""},
		{"it is ready", []func(*Input){last("old", ""), trying(time.Minute)}, "new", ""},
		{"its image cannot be pulled", []func(*Input){last("old", ""), trying(time.Second), waitingFor("ErrImagePull")}, "old", "new"},
		{"it crashes", []func(*Input){last("old", ""), trying(time.Minute), crashing}, "old", "new"},
		{"it has crashed and starts again", []func(*Input){last("old", ""), trying(time.Minute), restartedFor(time.Second), disconnected}, "old", "new"},
		{"WhatsApp refuses its version", []func(*Input){last("old", ""), trying(time.Minute), report("FAILED", "ClientOutdated")}, "old", "new"},
		{"it has lost the pairing", []func(*Input){last("old", ""), trying(time.Minute), report("SCAN_QR_CODE", "WaitingForScan")}, "old", "new"},
		{"it does not become ready for some time", []func(*Input){last("old", ""), trying(5*time.Minute - time.Second), disconnected}, "old", ""},
		{"it does not become ready", []func(*Input){last("old", ""), trying(5 * time.Minute), disconnected}, "old", "new"},
		{"its node is full", []func(*Input){last("old", ""), trying(5 * time.Minute), waitingFor("")}, "old", "new"},
		{"a pod that tries nothing crashes", []func(*Input){last("old", ""), madeFrom("new", time.Hour), crashing}, "old", ""},

		// After it was ready.
		{"it crashes soon after", []func(*Input){last("new", ""), trying(9 * time.Minute), crashing}, "new", "new"},
		{"it crashes long after", []func(*Input){last("new", ""), trying(11 * time.Minute), crashing}, "new", ""},
		{"it restarted and is ready", []func(*Input){last("new", ""), trying(time.Minute), restartedFor(time.Second)}, "new", "new"},
		{"its process crashed in the container and is ready", []func(*Input){last("new", ""), trying(time.Minute), crashedAgo(time.Second)}, "new", "new"},
		{"its process goes on crashing in the container", []func(*Input){last("new", "new"), trying(time.Hour), crashedAgo(9 * time.Minute)}, "new", "new"},
		{"its process crashed in the container, and no more", []func(*Input){last("new", "new"), trying(time.Hour), crashedAgo(10 * time.Minute)}, "new", ""},
		{"a container beside it restarted", []func(*Input){last("new", ""), trying(time.Minute), besides(corev1.ContainerStatus{RestartCount: 3})}, "new", ""},
		{"it restarted long after and is ready", []func(*Input){last("new", ""), trying(time.Hour), restartedFor(time.Second)}, "new", ""},
		{"it disconnects after it was ready", []func(*Input){last("new", ""), trying(9 * time.Minute), disconnected}, "new", ""},
		{"it is logged out long after it was ready", []func(*Input){last("new", ""), trying(time.Hour), loggedOut}, "new", ""},

		// Once it has failed.
		{"a crash loop that looks well", []func(*Input){last("new", "new"), trying(time.Hour), restartedFor(9 * time.Minute)}, "new", "new"},
		{"a crash loop that is over", []func(*Input){last("new", "new"), trying(time.Hour), restartedFor(10 * time.Minute)}, "new", ""},
		{"the image is there now", []func(*Input){last("old", "new"), trying(time.Hour)}, "new", ""},
		{"the image is there, and the pod starts", []func(*Input){last("old", "new"), trying(time.Minute), disconnected}, "old", "new"},
		{"its pod was deleted", []func(*Input){last("old", "new"), away}, "old", "new"},
		{"its pod ends after a failure", []func(*Input){last("old", "new"), trying(time.Minute), ending(0)}, "old", "new"},
		{"another template is tried", []func(*Input){last("old", "before"), trying(time.Minute), disconnected}, "old", ""},
		{"an image of its own", []func(*Input){last("old", "new"), madeFrom("", time.Minute), disconnected}, "old", ""},

		// What says nothing about the template.
		{"spec.pairing.account is another number", []func(*Input){last("old", ""), trying(time.Minute), report("FAILED", "WrongAccount")}, "old", ""},
		{"the new pod is evicted", []func(*Input){last("old", ""), trying(time.Hour), func(in *Input) { in.Pod.Status.Phase, in.Runtime = corev1.PodFailed, Runtime{} }}, "old", ""},
		{"the new pod's node is lost", []func(*Input){last("old", ""), trying(time.Hour), silent(false), func(in *Input) { in.Pod.Status.Reason = "NodeLost" }}, "old", ""},
		{"the new pod's node is not ready", []func(*Input){last("old", ""), trying(time.Hour), unready(time.Hour), downFor(time.Hour)}, "old", ""},
		{"the new pod is deleted on a lost node", []func(*Input){last("old", ""), trying(time.Hour), ending(time.Hour)}, "old", ""},
		{"the new pod lacks a Secret", []func(*Input){last("old", ""), trying(time.Hour), stalledBy("SecretNotFound")}, "old", ""},
		{"the new pod lacks its volume", []func(*Input){last("old", ""), trying(time.Hour), func(in *Input) { in.Claim.Status.Phase = corev1.ClaimLost }}, "old", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := Compute(working(c.changes...)).Template
			if got == nil {
				got = &v1alpha1.TemplateStatus{Operator: none}
			}
			if got.Operator != c.operator || got.Failed != c.failed {
				t.Errorf("the session worked with %q and fails with %q, want %q and %q", got.Operator, got.Failed, c.operator, c.failed)
			}
		})
	}
}

func TestUpdated(t *testing.T) {
	for _, c := range []struct {
		name    string
		changes []func(*Input)
		want    string
		message string
	}{
		{"current", nil, "True UpToDate", "No pod"},
		{"no pod", []func(*Input){away}, "True UpToDate", "No pod"},
		{"waits for its turn", []func(*Input){outdatedAnd("RolloutQueued")}, "False RolloutQueued", "It waits"},
		{"waits with a change of its own", []func(*Input){outdatedAnd("RolloutHeld", ownChange)}, "False RolloutHeld", "It waits"},
		{"is paused", []func(*Input){pause, func(in *Input) { in.PodOutdated = true }}, "False Paused", "wasession.dev/paused"},
		{"is being replaced", []func(*Input){ending(0), func(in *Input) { in.PodOutdated = true }}, "False PodReplacing", "being replaced"},
		{"fails", []func(*Input){last("old", ""), trying(time.Minute), waitingFor("ErrImagePull")}, "False UpdateFailed", "cannot be pulled"},
		{"is not ready in time", []func(*Input){last("old", ""), trying(time.Hour), report("STARTING", "Connecting")}, "False UpdateFailed", "within 5m0s: The session is connecting"},
		{"crashes in its container and is ready", []func(*Input){last("old", ""), trying(time.Minute), crashedAgo(0)}, "False UpdateFailed", "restarted"},
		{"restarts and is ready", []func(*Input){last("old", ""), trying(time.Minute), restartedFor(0)}, "False UpdateFailed", "restarted"},
		{"crashes", []func(*Input){last("old", ""), trying(time.Minute), restartedFor(0), report("STARTING", "Connecting")}, "False UpdateFailed", "With the current one: The session is connecting"},
		{"failed with a template that is no longer wanted", []func(*Input){last("old", "new"), trying(time.Minute), outdatedAnd("RolloutQueued")}, "False RolloutQueued", "It waits"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := meta.FindStatusCondition(Compute(working(c.changes...)).Conditions, "Updated")
			if state := string(got.Status) + " " + got.Reason; state != c.want || !strings.Contains(got.Message, c.message) {
				t.Errorf("it is %s, %q; want %s, …%s…", state, got.Message, c.want, c.message)
			}
		})
	}
}

func TestWhenAnUpdateIsLookedAtAgain(t *testing.T) {
	for _, c := range []struct {
		name    string
		changes []func(*Input)
		want    time.Duration
	}{
		{"no trial", []func(*Input){madeFrom("new", 0)}, 0},
		{"no pod", []func(*Input){trying(0), away}, 0},
		{"a trial", []func(*Input){trying(time.Minute)}, 4 * time.Minute},
		{"a trial that is over", []func(*Input){trying(time.Hour)}, 0},
		{"a restart", []func(*Input){trying(time.Hour), restartedFor(time.Minute)}, 9 * time.Minute},
		{"a crash in the container", []func(*Input){trying(time.Hour), crashedAgo(time.Minute)}, 9 * time.Minute},
		{"a restart long ago", []func(*Input){trying(time.Hour), restartedFor(time.Hour)}, 0},
	} {
		if got := RecheckUpdate(working(c.changes...)); got != c.want {
			t.Errorf("%s: in %s, want %s", c.name, got, c.want)
		}
	}
}
