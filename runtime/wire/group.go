package wire

import "github.com/wasession/wasession/runtime/chat"

// groupActions are the values of type in WAHA's group.v2.participants.
var groupActions = map[chat.GroupAction]string{
	chat.GroupAdd: "join", chat.GroupRemove: "leave", chat.GroupPromote: "promote", chat.GroupDemote: "demote",
}

func groupEvent(c chat.GroupChanged) GroupEvent {
	e := GroupEvent{Type: groupActions[c.Action], Timestamp: c.Timestamp, Data: struct{}{}}
	switch c.Event {
	case chat.EventGroupJoin:
		e.Group = NewGroupInfo(&c.Group, true)
	case chat.EventGroupUpdate:
		e.Group = updatedGroup(&c)
	default:
		e.Group = Group{ID: string(c.Group.ID)}
	}
	role := roleParticipant
	switch c.Action {
	case chat.GroupRemove:
		role = roleLeft
	case chat.GroupPromote:
		role = roleOf(chat.RoleAdmin)
	}
	for _, id := range c.Participants {
		e.Participants = append(e.Participants, newParticipant(id, role))
	}
	return e
}

// updatedGroup is what an update changed.
func updatedGroup(c *chat.GroupChanged) Group {
	g := Group{
		ID: string(c.Group.ID), Subject: c.Group.Subject, Description: text(c.Group.Description), Invite: c.Group.Invite,
		MembersCanSendMessages: negated(c.Group.Announce), MembersCanEditInfo: negated(c.Group.Locked),
		MembersCanAddNewMember: c.Group.MembersAdd, NewMembersApprovalRequired: c.Group.Approval,
		Participants: newParticipants(&c.Group),
	}
	if c.Undescribed {
		g.Description = new("")
	}
	return g
}

func newParticipant(id chat.ID, role string) Participant {
	p := Participant{ID: string(id), Role: role}
	if !id.IsLID() {
		p.PN = p.ID
	}
	return p
}

// Roles of participants who are not admins, and of those who have left.
const (
	roleParticipant = "participant"
	roleLeft        = "left"
)

func roleOf(r chat.GroupRole) string {
	if r == chat.RoleMember {
		return roleParticipant
	}
	return string(r)
}
