package chat

import "time"

// Group is a group's own data.
type Group struct {
	ID          ID
	Subject     string
	Description string
	Owner       ID
	CreatedAt   int64
	Announce    *bool
	Locked      *bool
	// MembersAdd says that all members may add others, Approval that admins
	// approve who joins by a link.
	MembersAdd   *bool
	Approval     *bool
	Participants []Participant
	// Invite is the new link to join by, in the change that made it. It is not stored.
	Invite string
}

// Participant is a member of a group.
type Participant struct {
	ID, LID ID
	Role    GroupRole
}

// GroupRole is what a member may do.
type GroupRole string

// The roles.
const (
	RoleMember     GroupRole = ""
	RoleAdmin      GroupRole = "admin"
	RoleSuperAdmin GroupRole = "superadmin"
)

// GroupAction is what was done to members of a group.
type GroupAction string

// The actions.
const (
	GroupAdd     GroupAction = "add"
	GroupRemove  GroupAction = "remove"
	GroupPromote GroupAction = "promote"
	GroupDemote  GroupAction = "demote"
)

// GroupChanged updates a group; nil and empty fields leave it unchanged.
type GroupChanged struct {
	Group Group
	// Undescribed says that the description was removed.
	Undescribed bool
	// Event is EventGroupJoin, EventGroupLeave, EventGroupUpdate or
	// EventGroupParticipants; empty raises none.
	Event string
	// Participants were changed as Action says.
	Participants []ID
	Action       GroupAction
	Author       ID
	Timestamp    int64
}

// GroupsRead says which groups the account is in: it has left all others.
type GroupsRead struct{ IDs []ID }

func (GroupsRead) change() {}

// GroupEdit changes one property of a group: the one that is not nil.
type GroupEdit struct {
	Subject *string
	// Description is removed if it is empty.
	Description                            *string
	Announce, Locked, MembersAdd, Approval *bool
}

// Changed is the change that an edit of a group makes.
func (e GroupEdit) Changed(group, author ID, at time.Time) GroupChanged {
	c := GroupChanged{Event: EventGroupUpdate, Author: author, Timestamp: at.Unix(), Group: Group{
		ID: group, Announce: e.Announce, Locked: e.Locked, MembersAdd: e.MembersAdd, Approval: e.Approval,
	}}
	if e.Subject != nil {
		c.Group.Subject = *e.Subject
	}
	if e.Description != nil {
		c.Group.Description, c.Undescribed = *e.Description, *e.Description == ""
	}
	return c
}

// MemberResult is what became of the request to change a member of a group.
type MemberResult struct {
	Participant
	// Code is WhatsApp's reason for changing nothing, as a status of HTTP; 0 if the
	// member was changed.
	Code int
	// Invite is given for people who cannot be added, but invited.
	Invite *GroupInvite
	// Invited is the invitation that was sent; nil for none.
	Invited *Message
}

// GroupInvite lets one person join a group until a time, in unix seconds.
type GroupInvite struct {
	Group   ID
	Subject string
	Code    string
	Until   int64
}

// OutgoingGroupInvite is a GroupInvite as a message to that person.
type OutgoingGroupInvite struct{ Invite GroupInvite }

func (OutgoingGroupInvite) outgoing() {}

// JoinRequest is a person's request to join a group, at a time in unix seconds.
type JoinRequest struct {
	ID ID
	At int64
}
