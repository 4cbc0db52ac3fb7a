package status

import (
	"fmt"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/api/v1alpha1"
)

// autoArchive is what the runtime says of its archive runs, over what was known
// before; nil when there is nothing to say.
func autoArchive(in Input, before *v1alpha1.AutoArchiveStatus) *v1alpha1.AutoArchiveStatus {
	if in.Session.Spec.AutoArchive == nil && before == nil {
		return nil
	}
	after := before
	if after == nil {
		after = &v1alpha1.AutoArchiveStatus{}
	}
	if in.ArchiveRequest != "" {
		after.LastHandledRequest = in.ArchiveRequest
	}
	if in.Pod == nil || in.Session.Spec.AutoArchive == nil {
		after.NextRunTime = nil
		return after
	}
	report := in.Runtime.Status
	if report == nil || report.Archive == nil {
		return after
	}
	after.LastRunTime = moment(report.Archive.LastRunTime)
	after.LastResult = v1alpha1.ArchiveResult(report.Archive.LastResult)
	after.Archived = int64(report.Archive.Archived)
	after.Candidates = int64(report.Archive.Candidates)
	after.NextRunTime = moment(report.Archive.NextRunTime)
	return after
}

// moment has whole seconds, as the API server stores it.
func moment(t *time.Time) *metav1.Time {
	if t == nil {
		return nil
	}
	m := metav1.NewTime(t.UTC().Truncate(time.Second))
	return &m
}

func archiveHealthy(in Input) metav1.Condition {
	c := metav1.Condition{Type: v1alpha1.ConditionArchiveHealthy, Status: metav1.ConditionTrue}
	report := in.Runtime.Status
	if in.Problem != nil && in.Problem.Reason == v1alpha1.ReasonInvalidConfiguration {
		c.Status, c.Reason, c.Message = metav1.ConditionFalse, in.Problem.Reason, in.Problem.Message
		return c
	}
	if report == nil || report.Archive == nil {
		return keep(in, c, "Not known until the runtime has taken up the policies")
	}
	archive := report.Archive
	switch {
	case archive.LastResult == runtimev1.RunFailed:
		c.Status, c.Reason = metav1.ConditionFalse, v1alpha1.ReasonArchiveFailed
		c.Message = sentence(archive.LastMessage, "The last run ended early")
	case in.Session.Spec.AutoArchive.Suspend:
		c.Reason, c.Message = v1alpha1.ReasonArchiveSuspended, "Scheduled runs are suspended"
	case archive.LastResult == "":
		c.Reason, c.Message = v1alpha1.ReasonArchiveScheduled, "No run has taken place yet"
	default:
		c.Reason = v1alpha1.ReasonArchiveSucceeded
		c.Message = fmt.Sprintf("The last run archived %d of %d chats that the policies chose", archive.Archived, archive.Candidates)
	}
	return c
}

// groups is the outcome of the last audit; nil while nothing is audited.
func groups(in Input, report *runtimev1.Status) *v1alpha1.GroupsStatus {
	spec := in.Session.Spec.Groups
	if spec == nil || spec.Unknown == v1alpha1.GroupKeep {
		return nil
	}
	status := &v1alpha1.GroupsStatus{Unknown: report.UnknownGroups}
	if report.Archive != nil {
		status.Left = int64(report.Archive.Left)
	}
	return status
}
