package status

import (
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/api/v1alpha1"
)

func withArchive(status *runtimev1.ArchiveStatus) func(*Input) {
	return func(in *Input) {
		in.Session.Spec.AutoArchive = &v1alpha1.AutoArchiveSpec{}
		if in.Runtime.Status != nil {
			in.Runtime.Status.Archive = status
		}
	}
}

func TestAutoArchiveFollowsTheRuntime(t *testing.T) {
	ran, next := earlier.Add(123*time.Millisecond), now
	in := working(withArchive(&runtimev1.ArchiveStatus{
		LastRequestID: "x", LastRunTime: &ran, LastResult: runtimev1.RunSucceeded, Archived: 4, Candidates: 5, NextRunTime: &next,
	}))
	in.ArchiveRequest = "x"
	whole, nextRun := metav1.NewTime(earlier), metav1.NewTime(now)
	want := &v1alpha1.AutoArchiveStatus{
		LastRunTime: &whole, LastResult: v1alpha1.ArchiveSucceeded, Archived: 4, Candidates: 5, NextRunTime: &nextRun, LastHandledRequest: "x",
	}
	if got := Compute(in).AutoArchive; !equality.Semantic.DeepEqual(got, want) {
		t.Errorf("autoArchive is %+v, want %+v", got, want)
	}

	t.Run("and is kept without a pod, except the next run", func(t *testing.T) {
		in.Session.Status = Compute(in)
		in.Session.Spec.State, in.Pod, in.Runtime, in.ArchiveRequest = v1alpha1.SessionStopped, nil, Runtime{}, ""
		want.NextRunTime = nil
		if got := Compute(in).AutoArchive; !equality.Semantic.DeepEqual(got, want) {
			t.Errorf("autoArchive is %+v, want %+v", got, want)
		}
	})
	t.Run("and is absent if there never was a run", func(t *testing.T) {
		if got := Compute(working()).AutoArchive; got != nil {
			t.Errorf("autoArchive is %+v", got)
		}
	})
}

func TestArchiveHealthy(t *testing.T) {
	cases := []struct {
		name    string
		change  func(*Input)
		status  metav1.ConditionStatus
		reason  string
		message string
	}{
		{"not reported yet", withArchive(nil), "Unknown", "Unknown", "Unknown until the runtime has loaded the policies"},
		{"no run yet", withArchive(&runtimev1.ArchiveStatus{}), "True", "Scheduled", "There has been no run yet"},
		{"good run", withArchive(&runtimev1.ArchiveStatus{LastResult: runtimev1.RunSucceeded, Archived: 1, Candidates: 2}), "True", "RunSucceeded", "The last run archived 1 of 2 chats selected by the policies"},
		{"dry run", withArchive(&runtimev1.ArchiveStatus{LastResult: runtimev1.RunDryRun, Candidates: 2}), "True", "RunSucceeded", "The last run archived 0 of 2 chats selected by the policies"},
		{"failed run", withArchive(&runtimev1.ArchiveStatus{LastResult: runtimev1.RunFailed}), "False", "RunFailed", "The last run failed"},
		{"failed run with a message", withArchive(&runtimev1.ArchiveStatus{LastResult: runtimev1.RunFailed, LastMessage: "Refused"}), "False", "RunFailed", "Refused"},
		{"suspended", func(in *Input) {
			withArchive(&runtimev1.ArchiveStatus{LastResult: runtimev1.RunSucceeded})(in)
			in.Session.Spec.AutoArchive.Suspend = true
		}, "True", "Suspended", "Scheduled runs are suspended"},
		{"failed and suspended", func(in *Input) {
			withArchive(&runtimev1.ArchiveStatus{LastResult: runtimev1.RunFailed})(in)
			in.Session.Spec.AutoArchive.Suspend = true
		}, "False", "RunFailed", "The last run failed"},
		{"impossible schedule", func(in *Input) {
			withArchive(&runtimev1.ArchiveStatus{LastResult: runtimev1.RunSucceeded})(in)
			in.ArchiveProblem = &Problem{v1alpha1.ReasonInvalidConfiguration, "spec.autoArchive.timeZone is wrong"}
		}, "False", "InvalidConfiguration", "spec.autoArchive.timeZone is wrong"},
		{"something else that is invalid", func(in *Input) {
			withArchive(&runtimev1.ArchiveStatus{LastResult: runtimev1.RunSucceeded})(in)
			in.Problem = &Problem{v1alpha1.ReasonInvalidConfiguration, "The API server rejects Pod sales as invalid"}
		}, "True", "RunSucceeded", "The last run archived 0 of 0 chats selected by the policies"},
		{"an audit of groups alone", withAudit(&runtimev1.ArchiveStatus{LastResult: runtimev1.RunSucceeded, Left: 2}), "True", "RunSucceeded", "The last run left 2 groups that are not in spec.groups.allowed"},
		{"an audit of groups that failed", withAudit(&runtimev1.ArchiveStatus{LastResult: runtimev1.RunFailed, LastMessage: "Refused"}), "False", "RunFailed", "Refused"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := meta.FindStatusCondition(Compute(working(c.change)).Conditions, v1alpha1.ConditionArchiveHealthy)
			if got == nil || got.Status != c.status || got.Reason != c.reason || got.Message != c.message {
				t.Errorf("condition is %+v, want %s %s %q", got, c.status, c.reason, c.message)
			}
		})
	}
}

func TestStorageReady(t *testing.T) {
	deleted := metav1.NewTime(now)
	cases := []struct {
		name   string
		change func(*Input)
		status metav1.ConditionStatus
		reason string
	}{
		{"bound", func(*Input) {}, "True", "Bound"},
		{"more than asked for", func(in *Input) { in.Claim.Status.Capacity = storage("4Gi") }, "True", "Bound"},
		{"growing", func(in *Input) { in.Claim.Status.Capacity = storage("1Gi") }, "False", "Resizing"},
		{"pending", func(in *Input) { in.Claim.Status.Phase = "Pending" }, "False", "ClaimPending"},
		{"absent", func(in *Input) { in.Claim = nil }, "False", "ClaimPending"},
		{"being deleted", func(in *Input) { in.Claim.DeletionTimestamp = &deleted }, "False", "ClaimPending"},
		{"lost", func(in *Input) { in.Claim.Status.Phase = "Lost" }, "False", "StorageLost"},
		{"adopted and absent", func(in *Input) {
			in.Claim, in.Problem = nil, &Problem{v1alpha1.ReasonClaimNotFound, "x"}
		}, "False", "ClaimNotFound"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := meta.FindStatusCondition(Compute(working(c.change)).Conditions, v1alpha1.ConditionStorageReady)
			if got.Status != c.status || got.Reason != c.reason {
				t.Errorf("condition is %+v, want %s %s", got, c.status, c.reason)
			}
		})
	}
}

func TestAFullVolumeIsACondition(t *testing.T) {
	in := working()
	in.Runtime.Status.Phase, in.Runtime.Status.Reason = runtimev1.PhaseStarting, runtimev1.ReasonStorageFull
	in.Runtime.Status.Storage = &runtimev1.StorageStatus{Full: true}
	after := Compute(in)
	for condition, status := range map[string]metav1.ConditionStatus{
		v1alpha1.ConditionStorageReady: metav1.ConditionFalse, v1alpha1.ConditionReady: metav1.ConditionFalse, v1alpha1.ConditionConnected: metav1.ConditionFalse,
	} {
		if c := meta.FindStatusCondition(after.Conditions, condition); c == nil || c.Status != status || c.Reason != v1alpha1.ReasonStorageFull {
			t.Errorf("%s: %+v", condition, c)
		}
	}
}

func TestSentencesAreBounded(t *testing.T) {
	long := sentence(strings.Repeat("ü", 5000), "")
	if n := len([]rune(long)); n != 1024 || !strings.HasSuffix(long, "…") {
		t.Errorf("%d characters remain", n)
	}
	if got := sentence(" \n", "ours"); got != "ours" {
		t.Errorf("an empty sentence became %q", got)
	}
	if got := sentence("a\xffb", ""); got != "ab" {
		t.Errorf("invalid text became %q", got)
	}
}
