package simulator

import (
	"slices"
	"time"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"

	"github.com/wasession/wasession/test/simulator/stanza"
)

// Add adds accounts as members. by is who does it, nil for nobody in
// particular.
func (g *Group) Add(by *User, users ...*User) {
	var added []*User
	g.update(func(info *groupInfo) {
		for _, u := range users {
			if info.index(u) < 0 {
				info.Members = append(info.Members, groupMember{PN: u.pn.User})
				info.Removed = slices.DeleteFunc(slices.Clone(info.Removed), func(pn string) bool { return pn == u.pn.User })
				added = append(added, u)
			}
		}
	})
	if len(added) == 0 {
		return
	}
	// New members get the whole group, the others only the change.
	g.notify(by, added, stanza.Node("create", waBinary.Attrs{"type": "new", "reason": "invite"}, []waBinary.Node{g.node()}))
	others := slices.DeleteFunc(g.Members(), func(u *User) bool { return slices.Contains(added, u) })
	g.notify(by, others, g.changeNode("add", added))
}

// Remove removes members; an account that removes itself leaves.
func (g *Group) Remove(by *User, users ...*User) {
	told := g.Members()
	var removed []*User
	g.update(func(info *groupInfo) {
		for _, u := range users {
			if i := info.index(u); i >= 0 {
				info.Members = slices.Delete(info.Members, i, i+1)
				removed = append(removed, u)
				if by != nil && by != u {
					info.Removed = append(info.Removed, u.pn.User)
				}
			}
		}
	})
	if len(removed) > 0 {
		g.notify(by, told, g.changeNode("remove", removed))
	}
}

// SetRank promotes or demotes members.
func (g *Group) SetRank(by *User, rank Rank, users ...*User) {
	var changed []*User
	g.update(func(info *groupInfo) {
		for _, u := range users {
			if i := info.index(u); i >= 0 {
				info.Members[i].Rank = rank
				changed = append(changed, u)
			}
		}
	})
	action := "promote"
	if rank == RankMember {
		action = "demote"
	}
	if len(changed) > 0 {
		g.notify(by, g.Members(), g.changeNode(action, changed))
	}
}

// SetSubject renames the group.
func (g *Group) SetSubject(by *User, subject string) {
	g.update(func(info *groupInfo) {
		info.Subject, info.SubjectTime = subject, time.Now().Unix()
		if by != nil {
			info.SubjectOwner = by.pn.User
		}
	})
	g.notify(by, g.Members(), subjectNode(g))
}

// SetTopic changes the description; the empty one removes it.
func (g *Group) SetTopic(by *User, id, topic string) {
	if id == "" {
		id = newID()
	}
	g.update(func(info *groupInfo) {
		info.Topic, info.TopicID, info.TopicTime = topic, id, time.Now().Unix()
		if by != nil {
			info.TopicOwner = by.pn.User
		}
	})
	g.notify(by, g.Members(), topicNode(g.snapshot()))
}

// SetAnnounce sets whether only admins may write.
func (g *Group) SetAnnounce(by *User, on bool) {
	g.update(func(info *groupInfo) { info.Announce = on })
	g.notifySwitch(by, on, "announcement", "not_announcement")
}

// SetLocked sets whether only admins may change the group.
func (g *Group) SetLocked(by *User, on bool) {
	g.update(func(info *groupInfo) { info.Locked = on })
	g.notifySwitch(by, on, "locked", "unlocked")
}

// SetAddMode sets whether all members may add others, or only admins.
func (g *Group) SetAddMode(by *User, mode types.GroupMemberAddMode) {
	g.update(func(info *groupInfo) { info.AddMode = string(mode) })
	g.notify(by, g.Members(), stanza.Node("member_add_mode", nil, []byte(mode)))
}

// SetApproval sets whether admins approve those who join by the invite link.
func (g *Group) SetApproval(by *User, on bool) {
	g.update(func(info *groupInfo) { info.Approval = on })
	state := "off"
	if on {
		state = "on"
	}
	g.notify(by, g.Members(), stanza.Node("membership_approval_mode", nil,
		[]waBinary.Node{stanza.Node("group_join", waBinary.Attrs{"state": state}, nil)}))
}

func (g *Group) notifySwitch(by *User, on bool, yes, no string) {
	tag := no
	if on {
		tag = yes
	}
	g.notify(by, g.Members(), stanza.Node(tag, waBinary.Attrs{"v_id": g.version()}, nil))
}

// SetEphemeral sets after how many seconds messages disappear, 0 for never.
func (g *Group) SetEphemeral(by *User, seconds uint32) {
	g.update(func(info *groupInfo) { info.Ephemeral = seconds })
	if seconds == 0 {
		g.notify(by, g.Members(), stanza.Node("not_ephemeral", nil, nil))
		return
	}
	g.notify(by, g.Members(), stanza.Node("ephemeral", waBinary.Attrs{"expiration": seconds}, nil))
}
