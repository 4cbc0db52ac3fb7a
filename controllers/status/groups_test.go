package status

import (
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/api/equality"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/api/v1alpha1"
)

// withAudit sets a policy for groups and none for chats.
func withAudit(status *runtimev1.ArchiveStatus, unknown ...string) func(*Input) {
	return func(in *Input) {
		in.Session.Spec.Groups = &v1alpha1.GroupsSpec{Unknown: v1alpha1.GroupReport}
		in.Runtime.Status.Archive, in.Runtime.Status.UnknownGroups = status, unknown
	}
}

func TestGroupsAreShownWhereTheyAreAudited(t *testing.T) {
	in := working(withArchive(&runtimev1.ArchiveStatus{Left: 2}), func(in *Input) {
		in.Runtime.Status.UnknownGroups = []string{"1@g.us"}
	})
	if got := Compute(in).Groups; got != nil {
		t.Errorf("without an audit groups are %+v", got)
	}
	for unknown, want := range map[v1alpha1.UnknownGroupAction]*v1alpha1.GroupsStatus{
		"":                     nil,
		v1alpha1.GroupKeep:     nil,
		v1alpha1.GroupReport:   {Unknown: []string{"1@g.us"}, Left: 2},
		v1alpha1.GroupLeave:    {Unknown: []string{"1@g.us"}, Left: 2},
		v1alpha1.GroupLeaveAll: {Unknown: []string{"1@g.us"}, Left: 2},
	} {
		in.Session.Spec.Groups = &v1alpha1.GroupsSpec{Unknown: unknown}
		if got := Compute(in).Groups; !equality.Semantic.DeepEqual(got, want) {
			t.Errorf("with %q groups are %+v, want %+v", unknown, got, want)
		}
	}
}

func TestRunsOfAGroupPolicyAloneAreShown(t *testing.T) {
	in := working(withAudit(&runtimev1.ArchiveStatus{LastRequestID: "x", LastRunTime: &earlier, LastResult: runtimev1.RunSucceeded, Left: 1}, "1@g.us"))
	in.ArchiveRequest = "x"
	after := Compute(in)
	if run := after.AutoArchive; run == nil || !run.LastRunTime.Time.Equal(earlier) || run.LastHandledRequest != "x" || run.LastResult != "Succeeded" {
		t.Errorf("autoArchive is %+v", run)
	}
	if want := (&v1alpha1.GroupsStatus{Unknown: []string{"1@g.us"}, Left: 1}); !equality.Semantic.DeepEqual(after.Groups, want) {
		t.Errorf("groups are %+v, want %+v", after.Groups, want)
	}
}

func TestWhatAnAuditFoundOutlastsTheRuntime(t *testing.T) {
	ran := func(at time.Time) *runtimev1.ArchiveStatus {
		return &runtimev1.ArchiveStatus{LastRunTime: &at, LastResult: runtimev1.RunSucceeded}
	}
	cases := []struct {
		name   string
		change func(*Input)
		want   []string
	}{
		{"restarted, nothing audited since", withAudit(ran(earlier.Add(time.Millisecond))), []string{"1@g.us"}},
		{"another audit found none", withAudit(ran(now)), nil},
		{"another audit found others", withAudit(ran(now), "2@g.us"), []string{"2@g.us"}},
		{"an audit that is under way found others", withAudit(ran(earlier), "2@g.us"), []string{"2@g.us"}},
		{"a runtime that does not know of runs yet", withAudit(nil), []string{"1@g.us"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			in := working(c.change)
			in.Session.Status = Compute(working(withAudit(ran(earlier), "1@g.us")))
			if got := Compute(in).Groups.Unknown; !equality.Semantic.DeepEqual(got, c.want) {
				t.Errorf("unknown groups are %v, want %v", got, c.want)
			}
		})
	}
}
