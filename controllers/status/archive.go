package status

import (
	"fmt"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/api/v1alpha1"
)

// HasRuns reports whether the spec asks for auto-archive runs: for policies, or
// for the audit of groups, which is part of every run.
func HasRuns(session *v1alpha1.WhatsAppSession) bool {
	return session.Spec.AutoArchive != nil || auditsGroups(session)
}

// autoArchive updates the status of archive runs from the runtime's report. It is
// nil if there never was one.
func autoArchive(in Input, before *v1alpha1.AutoArchiveStatus) *v1alpha1.AutoArchiveStatus {
	if !HasRuns(in.Session) && before == nil {
		return nil
	}
	after := before
	if after == nil {
		after = &v1alpha1.AutoArchiveStatus{}
	}
	if in.ArchiveRequest != "" {
		after.LastHandledRequest = in.ArchiveRequest
	}
	if in.Pod == nil || !HasRuns(in.Session) {
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

// moment truncates to whole seconds, as the API server stores times.
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
	if in.ArchiveProblem != nil {
		c.Status, c.Reason, c.Message = metav1.ConditionFalse, in.ArchiveProblem.Reason, in.ArchiveProblem.Message
		return c
	}
	if report == nil || report.Archive == nil {
		return keep(in, c, "Unknown until the runtime has loaded the policies")
	}
	archive := report.Archive
	switch {
	case archive.LastResult == runtimev1.RunFailed:
		c.Status, c.Reason = metav1.ConditionFalse, v1alpha1.ReasonArchiveFailed
		c.Message = sentence(archive.LastMessage, "The last run failed")
	case in.Session.Spec.AutoArchive != nil && in.Session.Spec.AutoArchive.Suspend:
		c.Reason, c.Message = v1alpha1.ReasonArchiveSuspended, "Scheduled runs are suspended"
	case archive.LastResult == "":
		c.Reason, c.Message = v1alpha1.ReasonArchiveScheduled, "There has been no run yet"
	default:
		c.Reason = v1alpha1.ReasonArchiveSucceeded
		c.Message = lastRun(in, report)
	}
	return c
}

// lastRun describes what the last successful run did.
func lastRun(in Input, report *runtimev1.Status) string {
	var did []string
	if in.Session.Spec.AutoArchive != nil {
		did = append(did, fmt.Sprintf("archived %d of %d chats selected by the policies", report.Archive.Archived, report.Archive.Candidates))
	}
	if auditsGroups(in.Session) {
		did = append(did, fmt.Sprintf("left %d groups that are not in spec.groups.allowed", report.Archive.Left))
	}
	return "The last run " + strings.Join(did, " and ")
}
