package controllers

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"

	"github.com/wasession/wasession/api/v1alpha1"
)

// archiveTransition describes a run that did something, or that failed.
func archiveTransition(before, after v1alpha1.WhatsAppSessionStatus) []transition {
	run := after.AutoArchive
	if run == nil || run.LastRunTime == nil || before.AutoArchive != nil && run.LastRunTime.Equal(before.AutoArchive.LastRunTime) {
		return nil
	}
	left := int64(0)
	if after.Groups != nil {
		left = after.Groups.Left
	}
	switch {
	case run.LastResult == v1alpha1.ArchiveFailed:
		note := "The run of auto-archive ended early"
		if c := meta.FindStatusCondition(after.Conditions, v1alpha1.ConditionArchiveHealthy); c != nil {
			note = c.Message
		}
		return []transition{{corev1.EventTypeWarning, "AutoArchiveFailed", "Archive", note}}
	case run.LastResult == v1alpha1.ArchiveDryRun:
		return []transition{{corev1.EventTypeNormal, "AutoArchiveDryRun", "Archive",
			fmt.Sprintf("A dry run chose %d chats and archived none", run.Candidates)}}
	case run.Archived > 0 || left > 0:
		return []transition{{corev1.EventTypeNormal, "AutoArchived", "Archive", whatRunDid(run, left)}}
	default:
		return nil
	}
}

func whatRunDid(run *v1alpha1.AutoArchiveStatus, left int64) string {
	var did []string
	if run.Archived > 0 {
		did = append(did, fmt.Sprintf("archived %d of %d chats that the policies chose", run.Archived, run.Candidates))
	}
	if left > 0 {
		did = append(did, fmt.Sprintf("left %d groups that are not in spec.groups.allowed", left))
	}
	return "The run " + strings.Join(did, " and ")
}

// groupsTransition describes unknown groups that the audit has newly found.
func groupsTransition(before, after v1alpha1.WhatsAppSessionStatus) []transition {
	if after.Groups == nil {
		return nil
	}
	var found []string
	for _, id := range after.Groups.Unknown {
		if before.Groups == nil || !slices.Contains(before.Groups.Unknown, id) {
			found = append(found, id)
		}
	}
	if len(found) == 0 {
		return nil
	}
	const shown = 5
	names := strings.Join(found[:min(len(found), shown)], ", ")
	if len(found) > shown {
		names += fmt.Sprintf(" and %d more", len(found)-shown)
	}
	return []transition{{corev1.EventTypeWarning, "UnknownGroups", "Audit",
		"The number is in groups that are not in spec.groups.allowed: " + names}}
}
