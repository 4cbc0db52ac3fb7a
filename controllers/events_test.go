package controllers

import (
	"reflect"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/wasession/wasession/api/v1alpha1"
)

func statusWith(conditions ...metav1.Condition) v1alpha1.WhatsAppSessionStatus {
	return v1alpha1.WhatsAppSessionStatus{Conditions: conditions}
}

func is(conditionType string, status metav1.ConditionStatus, reason string) metav1.Condition {
	return metav1.Condition{Type: conditionType, Status: status, Reason: reason, Message: "said " + reason}
}

func ran(at int64, result v1alpha1.ArchiveResult, archived, candidates int64) v1alpha1.WhatsAppSessionStatus {
	moment := metav1.NewTime(time.Unix(at, 0))
	return v1alpha1.WhatsAppSessionStatus{AutoArchive: &v1alpha1.AutoArchiveStatus{
		LastRunTime: &moment, LastResult: result, Archived: archived, Candidates: candidates,
	}}
}

func groupsOf(unknown ...string) v1alpha1.WhatsAppSessionStatus {
	return v1alpha1.WhatsAppSessionStatus{Groups: &v1alpha1.GroupsStatus{Unknown: unknown}}
}

func TestTransitions(t *testing.T) {
	normal, warning := corev1.EventTypeNormal, corev1.EventTypeWarning
	left := ran(1, v1alpha1.ArchiveSucceeded, 0, 0)
	left.Groups = &v1alpha1.GroupsStatus{Left: 2}
	both := ran(1, v1alpha1.ArchiveSucceeded, 1, 1)
	both.Groups = left.Groups
	failed := ran(2, v1alpha1.ArchiveFailed, 0, 0)
	failed.Conditions = []metav1.Condition{is("ArchiveHealthy", "False", "RunFailed")}

	cases := []struct {
		name          string
		before, after v1alpha1.WhatsAppSessionStatus
		want          []transition
	}{
		{"nothing", statusWith(), statusWith(), nil},
		{"paired", statusWith(is("Paired", "False", "NotPaired")), statusWith(is("Paired", "True", "Paired")),
			[]transition{{normal, "Paired", "Pair", "said Paired"}}},
		{"still paired", statusWith(is("Paired", "True", "Paired")), statusWith(is("Paired", "True", "Paired")), nil},
		{"paired and connected at once", statusWith(), statusWith(is("Paired", "True", "Paired"), is("Connected", "True", "Connected")),
			[]transition{{normal, "Paired", "Pair", "said Paired. said Connected"}}},
		{"connected on first sight", statusWith(), statusWith(is("Connected", "True", "Connected")),
			[]transition{{normal, "Connected", "Connect", "said Connected"}}},
		{"disconnected is no event", statusWith(is("Connected", "True", "Connected")), statusWith(is("Connected", "False", "Disconnected")), nil},
		{"stalled", statusWith(is("Stalled", "False", "Settled")), statusWith(is("Stalled", "True", "LoggedOut")),
			[]transition{{warning, "LoggedOut", "Reconcile", "said LoggedOut"}}},
		{"stalled for another reason", statusWith(is("Stalled", "True", "SecretNotFound")), statusWith(is("Stalled", "True", "LoggedOut")),
			[]transition{{warning, "LoggedOut", "Reconcile", "said LoggedOut"}}},
		{"no longer stalled", statusWith(is("Stalled", "True", "NodeLost")), statusWith(is("Stalled", "False", "Settled")),
			[]transition{{normal, "Resumed", "Reconcile", "The session is no longer stalled for the reason NodeLost"}}},
		{"still stalled", statusWith(is("Stalled", "True", "LoggedOut")), statusWith(is("Stalled", "True", "LoggedOut")), nil},
		{"banned", statusWith(is("Reconciling", "False", "Settled")), statusWith(is("Reconciling", "True", "TemporaryBan")),
			[]transition{{warning, "TemporaryBan", "Connect", "said TemporaryBan"}}},
		{"starting is no event", statusWith(), statusWith(is("Reconciling", "True", "PodStarting")), nil},

		{"a template that fails", statusWith(is("Updated", "True", "UpToDate")), statusWith(is("Updated", "False", "UpdateFailed")),
			[]transition{{warning, "UpdateFailed", "Update", "said UpdateFailed"}}},
		{"waiting for a turn is no event", statusWith(is("Updated", "True", "UpToDate")), statusWith(is("Updated", "False", "RolloutQueued")), nil},
		{"held", statusWith(is("Updated", "False", "RolloutQueued")), statusWith(is("Updated", "False", "RolloutHeld")),
			[]transition{{warning, "RolloutHeld", "Update", "said RolloutHeld"}}},
		{"held with a change of its own is told once", statusWith(is("Stalled", "False", "Settled")),
			statusWith(is("Stalled", "True", "RolloutHeld"), is("Updated", "False", "RolloutHeld")),
			[]transition{{warning, "RolloutHeld", "Update", "said RolloutHeld"}}},
		{"still held", statusWith(is("Updated", "False", "RolloutHeld")), statusWith(is("Updated", "False", "RolloutHeld")), nil},
		{"no longer held", statusWith(is("Updated", "False", "RolloutHeld")), statusWith(is("Updated", "False", "RolloutQueued")),
			[]transition{{normal, "RolloutResumed", "Update", "The rollout of the operator's template goes on"}}},
		{"its pod was deleted while it was held", statusWith(is("Updated", "False", "RolloutHeld")), statusWith(is("Updated", "True", "UpToDate")), nil},

		{"a run", statusWith(), ran(1, v1alpha1.ArchiveSucceeded, 3, 4),
			[]transition{{normal, "AutoArchived", "Archive", "The run archived 3 of 4 chats that the policies chose"}}},
		{"the same run", ran(1, v1alpha1.ArchiveSucceeded, 3, 4), ran(1, v1alpha1.ArchiveSucceeded, 3, 4), nil},
		{"the next run", ran(1, v1alpha1.ArchiveSucceeded, 3, 4), ran(2, v1alpha1.ArchiveSucceeded, 1, 1),
			[]transition{{normal, "AutoArchived", "Archive", "The run archived 1 of 1 chats that the policies chose"}}},
		{"a run that found nothing", statusWith(), ran(1, v1alpha1.ArchiveSucceeded, 0, 0), nil},
		{"a run that left groups", statusWith(), left,
			[]transition{{normal, "AutoArchived", "Archive", "The run left 2 groups that are not in spec.groups.allowed"}}},
		{"a dry run", statusWith(), ran(1, v1alpha1.ArchiveDryRun, 0, 9),
			[]transition{{normal, "AutoArchiveDryRun", "Archive", "A dry run chose 9 chats and archived none"}}},
		{"a run that did both", statusWith(), both,
			[]transition{{normal, "AutoArchived", "Archive", "The run archived 1 of 1 chats that the policies chose and left 2 groups that are not in spec.groups.allowed"}}},
		{"unknown groups", groupsOf(), groupsOf("1@g.us"),
			[]transition{{warning, "UnknownGroups", "Audit", "The number is in groups that are not in spec.groups.allowed: 1@g.us"}}},
		{"the same unknown groups", groupsOf("1@g.us"), groupsOf("1@g.us"), nil},
		{"one unknown group more and one less", groupsOf("1@g.us"), groupsOf("2@g.us"),
			[]transition{{warning, "UnknownGroups", "Audit", "The number is in groups that are not in spec.groups.allowed: 2@g.us"}}},
		{"many unknown groups", statusWith(), groupsOf("1", "2", "3", "4", "5", "6", "7"),
			[]transition{{warning, "UnknownGroups", "Audit", "The number is in groups that are not in spec.groups.allowed: 1, 2, 3, 4, 5 and 2 more"}}},
		{"no unknown group any more", groupsOf("1@g.us"), groupsOf(), nil},
		{"a failed run", ran(1, v1alpha1.ArchiveSucceeded, 3, 4), failed,
			[]transition{{warning, "AutoArchiveFailed", "Archive", "said RunFailed"}}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := transitions(c.before, c.after); !reflect.DeepEqual(got, c.want) {
				t.Errorf("transitions are %+v, want %+v", got, c.want)
			}
		})
	}
}
