package whatsapp

import (
	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/whatsapp/content"
	"github.com/wasession/wasession/runtime/whatsapp/jid"
)

// maxTopic is the maximum length of a group's description in bytes. Admins choose it;
// WhatsApp's own limit is 2,048 characters.
const maxTopic = 16 << 10

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
		ID: jid.ChatID(info.JID), Subject: content.Shortened(info.Name, content.MaxName), Description: content.Shortened(info.Topic, maxTopic),
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
	base := m.groupChange(evt)
	var changes []chat.Change
	if update, ok := m.groupUpdate(base, evt); ok {
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

// groupChange is what the changes of a group notification have in common.
func (m mapper) groupChange(evt *events.GroupInfo) chat.GroupChanged {
	c := chat.GroupChanged{Group: chat.Group{ID: jid.ChatID(evt.JID)}, Timestamp: unix(evt.Timestamp)}
	if evt.Sender != nil {
		c.Author = m.person(*evt.Sender, orEmpty(evt.SenderPN))
	}
	return c
}

// groupUpdate translates what a group notification says of the group itself. That
// admins approve new members or no longer do is not in the event: see Account.askApproval.
func (m mapper) groupUpdate(update chat.GroupChanged, evt *events.GroupInfo) (_ chat.GroupChanged, ok bool) {
	update.Event = chat.EventGroupUpdate
	g := &update.Group
	if evt.Name != nil && evt.Name.Name != "" {
		g.Subject, ok = content.Shortened(evt.Name.Name, content.MaxName), true
	}
	if evt.Topic != nil {
		g.Description = content.Shortened(evt.Topic.Topic, maxTopic)
		update.Undescribed, ok = g.Description == "", true
	}
	if evt.Announce != nil {
		g.Announce, ok = &evt.Announce.IsAnnounce, true
	}
	if evt.Locked != nil {
		g.Locked, ok = &evt.Locked.IsLocked, true
	}
	if evt.NewInviteLink != nil {
		g.Invite, ok = content.Shortened(*evt.NewInviteLink, content.MaxName), true
	}
	for _, node := range evt.UnknownChanges {
		if mode, is := memberAddMode(node); is {
			g.MembersAdd, ok = new(mode == types.GroupMemberAddModeAllMember), true
		}
	}
	return update, ok
}

// memberAddMode reads who may add members, which whatsmeow passes on as it came.
func memberAddMode(node *waBinary.Node) (mode types.GroupMemberAddMode, ok bool) {
	text, ok := node.Content.([]byte)
	return types.GroupMemberAddMode(text), ok && node.Tag == "member_add_mode"
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
