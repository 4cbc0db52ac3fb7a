package wire

import (
	"testing"

	"github.com/wasession/wasession/runtime/chat"
)

func TestAnswersAboutGroups(t *testing.T) {
	invitation := incoming()
	invitation.FromMe = true
	results := []chat.MemberResult{
		{Participant: chat.Participant{ID: bob, LID: lid}},
		{Participant: chat.Participant{ID: bob, LID: lid}, Code: 403, Invite: &chat.GroupInvite{Group: group, Code: "abc", Until: 1700000000}, Invited: &invitation},
		{Participant: chat.Participant{ID: lid, LID: lid}, Code: 404},
	}
	for name, answer := range map[string]any{
		"group-created":        NewCreatedGroup(&chat.Group{ID: group, Subject: "Friends"}, results[:1]),
		"group-added":          NewMemberResults(results, chat.GroupAdd),
		"group-joined":         JoinedGroup{ID: string(group), Pending: true},
		"group-invite-code":    NewInviteCode("https://chat.whatsapp.com/abc"),
		"group-admins-only":    AdminsOnly{AdminsOnly: true},
		"group-add-mode":       MemberAddMode{MembersCanAddNewMember: true},
		"group-approval":       MembershipApproval{NewMembersApprovalRequired: true},
		"group-requests":       NewJoinRequests([]chat.JoinRequest{{ID: bob, At: 1700000000}, {ID: lid}}),
		"group-request-answer": NewJoinRequestResults(results[1:2]),
	} {
		t.Run(name, func(t *testing.T) { golden(t, name, answer) })
	}
}

func TestRolesAfterAChange(t *testing.T) {
	for _, c := range []struct {
		action chat.GroupAction
		role   chat.GroupRole
		code   int
		want   string
	}{
		{chat.GroupAdd, "", 0, "participant"},
		{chat.GroupAdd, "", 403, "left"},
		{chat.GroupAdd, "admin", 409, "admin"},
		{chat.GroupRemove, "", 0, "left"},
		{chat.GroupRemove, "superadmin", 405, "superadmin"},
		{chat.GroupPromote, "", 0, "admin"},
		{chat.GroupPromote, "superadmin", 0, "superadmin"},
		{chat.GroupPromote, "", 404, "participant"},
		{chat.GroupDemote, "admin", 0, "participant"},
		{chat.GroupDemote, "superadmin", 405, "superadmin"},
	} {
		got := roleAfter(chat.MemberResult{Participant: chat.Participant{Role: c.role}, Code: c.code}, c.action)
		if got != c.want {
			t.Errorf("%s %q with %d is %s, want %s", c.action, c.role, c.code, got, c.want)
		}
	}
}
