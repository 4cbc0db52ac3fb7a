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
	Error      int         `json:"Error" doc:"0, or why WhatsApp changed nothing: 403 the person must be invited, 404 no such account or member, 408 the person left recently, 409 is a member already"`
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

// JoinRequest is a person's request to join a group.
type JoinRequest struct {
	RequesterID string  `json:"requesterId"`
	RequesterPN *string `json:"requesterPn" doc:"Phone number ID; null if unknown"`
	// WhatsApp's client library does not tell the next three.
	AddedByID     *string `json:"addedById" doc:"Always null"`
	ParentGroupID *string `json:"parentGroupId" doc:"Always null"`
	RequestMethod *string `json:"requestMethod" doc:"Always null"`
	Timestamp     int64   `json:"timestamp" doc:"Unix seconds"`
}

// NewJoinRequests are requests to join.
func NewJoinRequests(requests []chat.JoinRequest) []JoinRequest {
	all := make([]JoinRequest, 0, len(requests))
	for _, r := range requests {
		all = append(all, JoinRequest{RequesterID: string(r.ID), RequesterPN: phoneOf(r.ID), Timestamp: r.At})
	}
	return all
}

// JoinRequestEvent is the payload of group.v2.participants.join-request.
type JoinRequestEvent struct {
	// Action is "created", "rejected" or "revoked".
	Action        chat.JoinAction `json:"action"`
	Timestamp     int64           `json:"timestamp"`
	Group         Group           `json:"group"`
	RequesterID   string          `json:"requesterId"`
	RequesterPN   *string         `json:"requesterPn"`
	RequestMethod *string         `json:"requestMethod"`
	Data          any             `json:"_data"`
}

func newJoinRequestEvent(c chat.JoinRequested) JoinRequestEvent {
	return JoinRequestEvent{
		Action: c.Action, Timestamp: c.Timestamp, Group: Group{ID: string(c.Group)}, RequesterID: string(c.Who),
		RequesterPN: phoneOf(c.Who), RequestMethod: text(c.Method), Data: struct{}{},
	}
}

// phoneOf is a person's phone number ID; null if only the LID is known.
func phoneOf(id chat.ID) *string {
	if id.Server() != chat.ServerDirect {
		return nil
	}
	return text(string(id))
}

// JoinRequestResult is what became of the answer to a request to join.
type JoinRequestResult struct {
	RequesterID string `json:"requesterId"`
	Success     bool   `json:"success"`
	Error       int    `json:"error,omitempty" doc:"Why WhatsApp changed nothing, for example 404 if there is no such request"`
}

// NewJoinRequestResults says what became of each answer.
func NewJoinRequestResults(results []chat.MemberResult) []JoinRequestResult {
	all := make([]JoinRequestResult, 0, len(results))
	for _, r := range results {
		all = append(all, JoinRequestResult{RequesterID: string(r.ID), Success: r.Code == 0, Error: r.Code})
	}
	return all
}
