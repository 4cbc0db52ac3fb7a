package wire

import (
	"strings"
	"time"

	"github.com/wasession/wasession/runtime/chat"
)

// CreatedGroup is a group that was just created.
type CreatedGroup struct {
	GroupDetails
	// Added says what became of each person who was to be a member.
	Added []MemberResult `json:"added" doc:"What became of each person, also of those who could not be added"`
}

// NewCreatedGroup is a created group.
func NewCreatedGroup(g *chat.Group, results []chat.MemberResult) CreatedGroup {
	return CreatedGroup{NewGroupDetails(g, true), NewMemberResults(results, chat.GroupAdd)}
}

// MemberResult is what became of the request to change a member of a group.
type MemberResult struct {
	Member
	Error      int         `json:"Error" doc:"0, or why WhatsApp changed nothing: 403 the person must be invited, 404 no such account or member, 405 the owner cannot be changed, 408 the person left recently, 409 is a member already"`
	AddRequest *AddRequest `json:"AddRequest" doc:"The invitation to send to a person with Error 403; null if there is none"`
	Invited    *string     `json:"invited" doc:"ID of the message by which the person was invited; null if none was sent"`
}

// AddRequest is an invitation for one person, under whatsmeow's names.
type AddRequest struct {
	Code       string `json:"Code"`
	Expiration string `json:"Expiration" doc:"RFC 3339"`
}

// NewMemberResults says what became of each member.
func NewMemberResults(results []chat.MemberResult, action chat.GroupAction) []MemberResult {
	all := make([]MemberResult, 0, len(results))
	for _, r := range results {
		w := MemberResult{Member: Member{newParticipant(r.ID, roleAfter(r, action)), newGOWSMember(r.Participant)}, Error: r.Code}
		if i := r.Invite; i != nil {
			w.AddRequest = &AddRequest{Code: i.Code, Expiration: time.Unix(i.Until, 0).UTC().Format(time.RFC3339)}
		}
		if r.Invited != nil {
			w.Invited = text(r.Invited.ID().String())
		}
		all = append(all, w)
	}
	return all
}

// roleAfter is a person's role after a change. WhatsApp's answer has the one of before.
func roleAfter(r chat.MemberResult, action chat.GroupAction) string {
	switch done := r.Code == 0; {
	case action == chat.GroupRemove && done, action == chat.GroupAdd && !done && r.Role == chat.RoleMember:
		return roleLeft
	case action == chat.GroupPromote && done && r.Role == chat.RoleMember:
		return roleOf(chat.RoleAdmin)
	case action == chat.GroupDemote && done:
		return roleParticipant
	}
	return roleOf(r.Role)
}

// JoinedGroup is the group that was joined by an invite code.
type JoinedGroup struct {
	ID      string `json:"id" doc:"Group ID"`
	Pending bool   `json:"pending" doc:"Whether an admin has to approve first"`
}

// InviteCode is the last part of a group's invite link. It is a bare string, as in WAHA.
type InviteCode string

// NewInviteCode is the code of an invite link.
func NewInviteCode(link string) InviteCode {
	return InviteCode(link[strings.LastIndexByte(link, '/')+1:])
}

// AdminsOnly says whether only admins may do something in a group.
type AdminsOnly struct {
	AdminsOnly bool `json:"adminsOnly"`
}

// MemberAddMode says whether all members may add others.
type MemberAddMode struct {
	MembersCanAddNewMember bool `json:"membersCanAddNewMember"`
}

// MembershipApproval says whether admins approve those who join by the invite code.
type MembershipApproval struct {
	NewMembersApprovalRequired bool `json:"newMembersApprovalRequired"`
}
