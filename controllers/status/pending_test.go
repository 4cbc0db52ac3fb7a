package status

import (
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// unclaimed makes the claim one without a class, of this age.
func unclaimed(age time.Duration) func(*Input) {
	return func(in *Input) {
		in.Claim.CreationTimestamp = metav1.NewTime(now.Add(-age))
		in.Claim.Spec.VolumeName, in.Claim.Status = "", corev1.PersistentVolumeClaimStatus{Phase: corev1.ClaimPending}
	}
}

func scheduled(status corev1.ConditionStatus, message string, since time.Duration) func(*Input) {
	return func(in *Input) {
		waitingFor("")(in)
		in.Pod.Status.Conditions = []corev1.PodCondition{{
			Type: corev1.PodScheduled, Status: status, Message: message, LastTransitionTime: metav1.NewTime(now.Add(-since)),
		}}
		if status == corev1.ConditionFalse {
			in.Pod.Status.Conditions[0].Reason = corev1.PodReasonUnschedulable
		}
	}
}

func TestAPodThatWaits(t *testing.T) {
	const full = "0/3 nodes are available: 3 Insufficient memory. preemption: 0/3 nodes are available: 3 No preemption victims found."
	class := func(in *Input) { in.Claim.Spec.StorageClassName = new(string) }
	cases := []summaryCase{
		{"for a default class", []func(*Input){waitingFor(""), unclaimed(20 * time.Second)}, progressing, "NoStorageClass", "no default one", 40 * time.Second},
		{"for a default class for long", []func(*Input){waitingFor(""), unclaimed(time.Minute)}, stalled, "NoStorageClass", "spec.storage.claim.storageClassName", 0},
		{"for a default class, as the scheduler sees it", []func(*Input){scheduled("False", "pod has unbound immediate PersistentVolumeClaims", 0), unclaimed(time.Minute)},
			stalled, "NoStorageClass", "no default one", 0},
		{"for a volume of its class", []func(*Input){waitingFor(""), unclaimed(time.Hour), class}, progressing, "PodPending", "volume", 0},
		{"for room", []func(*Input){scheduled("False", full, time.Minute)}, progressing, "Unschedulable", "3 Insufficient memory", 4 * time.Minute},
		{"for room for long", []func(*Input){scheduled("False", full, 5*time.Minute)}, stalled, "Unschedulable", "3 Insufficient memory", 0},
		{"for its image or volume", []func(*Input){scheduled("True", "", time.Minute)}, progressing, "PodPending", "node-1", 4 * time.Minute},
		{"for its image or volume for long", []func(*Input){scheduled("True", "", 5*time.Minute)}, stalled, "PodPending", "describe pod sales", 0},
	}
	testSummaries(t, cases)
}

func TestTheSchedulersReasonIsShortened(t *testing.T) {
	cases := []struct{ says, want string }{
		{"0/1 nodes are available: 1 Too many pods. preemption: 0/1 nodes are available.", "0/1 nodes are available: 1 Too many pods"},
		{"one\n  two\xff", "one two"},
		{"", "see kubectl describe pod sales"},
		{strings.Repeat("é", 201), strings.Repeat("é", 199) + "…"},
	}
	for _, c := range cases {
		if got := schedulerSays(c.says, "sales"); got != c.want {
			t.Errorf("%q becomes %q, want %q", c.says, got, c.want)
		}
	}
}

func TestTheStorageConditionNamesTheMissingClass(t *testing.T) {
	got := stateOf(Compute(working(waitingFor(""), unclaimed(time.Hour))))
	if got.storage != "False NoStorageClass" {
		t.Errorf("StorageReady is %s", got.storage)
	}
}
