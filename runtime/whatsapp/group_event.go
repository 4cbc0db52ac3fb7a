package whatsapp

import (
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/whatsapp/jid"
)

// joinedGroup translates that the account joined a group.
func (m mapper) joinedGroup(evt *events.JoinedGroup) []chat.Change {
	change := chat.GroupChanged{Group: m.group(&evt.GroupInfo), Event: chat.EventGroupJoin, Timestamp: unix(evt.GroupCreated)}
	if evt.Sender != nil {
		change.Author = m.person(*evt.Sender, orEmpty(evt.SenderPN))
	}
	return []chat.Change{change}
}

// group translates the metadata of a group.
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
		out.Role = chat.RoleSuperAdmin
	case p.IsAdmin:
		out.Role = chat.RoleAdmin
	}
	return out
}

// groupChanges translates a group notification, which can hold several changes.
func (m mapper) groupChanges(evt *events.GroupInfo) []chat.Change {
	base := chat.GroupChanged{Group: chat.Group{ID: jid.ChatID(evt.JID)}, Timestamp: unix(evt.Timestamp)}
	if evt.Sender != nil {
		base.Author = m.person(*evt.Sender, orEmpty(evt.SenderPN))
	}
	var changes []chat.Change
	update := base
	if evt.Name != nil {
		update.Event, update.Group.Subject = chat.EventGroupUpdate, evt.Name.Name
	}
	if evt.Topic != nil {
		update.Event, update.Group.Description = chat.EventGroupUpdate, evt.Topic.Topic
	}
	if evt.Announce != nil {
		update.Event, update.Group.Announce = chat.EventGroupUpdate, &evt.Announce.IsAnnounce
	}
	if evt.Locked != nil {
		update.Event, update.Group.Locked = chat.EventGroupUpdate, &evt.Locked.IsLocked
	}
	if update.Event != "" {
		changes = append(changes, update)
	}
	for _, set := range []struct {
		action chat.GroupAction
		people []types.JID
	}{{chat.GroupAdd, evt.Join}, {chat.GroupRemove, evt.Leave}, {chat.GroupPromote, evt.Promote}, {chat.GroupDemote, evt.Demote}} {
		if len(set.people) == 0 {
			continue
		}
		change := base
		change.Event, change.Action = chat.EventGroupParticipants, set.action
		for _, j := range set.people {
			change.Participants = append(change.Participants, m.person(j, types.EmptyJID))
			if set.action == chat.GroupRemove && m.isMe(j) {
				change.Event = chat.EventGroupLeave
			}
		}
		changes = append(changes, change)
	}
	if evt.Delete != nil && len(changes) == 0 {
		change := base
		change.Event, change.Action, change.Participants = chat.EventGroupLeave, chat.GroupRemove, []chat.ID{jid.ChatID(m.me)}
		changes = append(changes, change)
	}
	return changes
}

// isMe reports whether an address is the account's own.
func (m mapper) isMe(j types.JID) bool {
	return (jid.IsPhone(j) && j.User == m.me.User) || (jid.IsLID(j) && j.User == m.myLID.User)
}

func orEmpty(j *types.JID) types.JID {
	if j == nil {
		return types.EmptyJID
	}
	return *j
}
