package whatsapp

import (
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/whatsapp/jid"
)

// Values of chat.GroupChanged.Event and Action.
const (
	groupJoin, groupLeave, groupUpdate, groupParticipants = "join", "leave", "update", "participants"
	actionAdd, actionRemove, actionPromote, actionDemote  = "add", "remove", "promote", "demote"
)

// joinedGroup is the account's own joining of a group.
func (m mapper) joinedGroup(evt *events.JoinedGroup) []chat.Change {
	change := chat.GroupChanged{Group: m.group(&evt.GroupInfo), Event: groupJoin, Timestamp: unix(evt.GroupCreated)}
	if evt.Sender != nil {
		change.Author = m.person(*evt.Sender, orEmpty(evt.SenderPN))
	}
	return []chat.Change{change}
}

// group is all that WhatsApp tells of a group.
func (m mapper) group(info *types.GroupInfo) chat.Group {
	g := chat.Group{
		ID: jid.ChatID(info.JID), Subject: info.Name, Description: info.Topic,
		Owner: m.person(info.OwnerJID, info.OwnerPN), CreatedAt: unix(info.GroupCreated),
		Announce: &info.IsAnnounce, Locked: &info.IsLocked,
		MembersAdd: new(info.MemberAddMode == types.GroupMemberAddModeAllMember), Approval: &info.IsJoinApprovalRequired,
	}
	for _, p := range info.Participants {
		g.Participants = append(g.Participants, m.participant(p))
	}
	return g
}

func (m mapper) participant(p types.GroupParticipant) chat.Participant {
	out := chat.Participant{ID: m.person(p.JID, p.PhoneNumber), LID: jid.ChatID(p.LID)}
	if out.LID == "" && jid.IsLID(p.JID) {
		out.LID = jid.ChatID(p.JID)
	}
	switch {
	case p.IsSuperAdmin:
		out.Role = "superadmin"
	case p.IsAdmin:
		out.Role = "admin"
	}
	return out
}

// groupChanges is what a group's notification means. One notification can say
// several things.
func (m mapper) groupChanges(evt *events.GroupInfo) []chat.Change {
	base := chat.GroupChanged{Group: chat.Group{ID: jid.ChatID(evt.JID)}, Timestamp: unix(evt.Timestamp)}
	if evt.Sender != nil {
		base.Author = m.person(*evt.Sender, orEmpty(evt.SenderPN))
	}
	var changes []chat.Change
	update := base
	if evt.Name != nil {
		update.Event, update.Group.Subject = groupUpdate, evt.Name.Name
	}
	if evt.Topic != nil {
		update.Event, update.Group.Description = groupUpdate, evt.Topic.Topic
	}
	if evt.Announce != nil {
		update.Event, update.Group.Announce = groupUpdate, &evt.Announce.IsAnnounce
	}
	if evt.Locked != nil {
		update.Event, update.Group.Locked = groupUpdate, &evt.Locked.IsLocked
	}
	if update.Event != "" {
		changes = append(changes, update)
	}
	for _, set := range []struct {
		action string
		people []types.JID
	}{{actionAdd, evt.Join}, {actionRemove, evt.Leave}, {actionPromote, evt.Promote}, {actionDemote, evt.Demote}} {
		if len(set.people) == 0 {
			continue
		}
		change := base
		change.Event, change.Action = groupParticipants, set.action
		for _, j := range set.people {
			change.Participants = append(change.Participants, m.person(j, types.EmptyJID))
			if set.action == actionRemove && m.isMe(j) {
				change.Event = groupLeave
			}
		}
		changes = append(changes, change)
	}
	if evt.Delete != nil && len(changes) == 0 {
		change := base
		change.Event, change.Action, change.Participants = groupLeave, actionRemove, []chat.ID{jid.ChatID(m.me)}
		changes = append(changes, change)
	}
	return changes
}

// isMe says whether an address is the account's own.
func (m mapper) isMe(j types.JID) bool {
	return (jid.IsPhone(j) && j.User == m.me.User) || (jid.IsLID(j) && j.User == m.myLID.User)
}

func orEmpty(j *types.JID) types.JID {
	if j == nil {
		return types.EmptyJID
	}
	return *j
}
