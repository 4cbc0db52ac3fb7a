package status

import (
	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/api/v1alpha1"
)

// auditsGroups reports whether the spec asks for an audit of the number's groups.
func auditsGroups(session *v1alpha1.WhatsAppSession) bool {
	groups := session.Spec.Groups
	return groups != nil && groups.Unknown != "" && groups.Unknown != v1alpha1.GroupKeep
}

// groups returns the result of the last audit, or nil without an audit in the spec.
func groups(in Input, report *runtimev1.Status) *v1alpha1.GroupsStatus {
	if !auditsGroups(in.Session) {
		return nil
	}
	status := &v1alpha1.GroupsStatus{Unknown: report.UnknownGroups}
	if report.Archive != nil {
		status.Left = int64(report.Archive.Left)
	}
	before := in.Session.Status.Groups
	if before != nil && len(status.Unknown) == 0 && !newRun(in.Session.Status.AutoArchive, report.Archive) {
		// A restarted runtime still reports its last run but not the groups it
		// found: keep them.
		status.Unknown = before.Unknown
	}
	return status
}

// newRun reports whether the runtime has finished a run that the status does not
// show yet.
func newRun(before *v1alpha1.AutoArchiveStatus, archive *runtimev1.ArchiveStatus) bool {
	if archive == nil || archive.LastRunTime == nil {
		return false
	}
	return before == nil || !before.LastRunTime.Equal(moment(archive.LastRunTime))
}
