package simulator

import (
	"context"
	"slices"
	"strconv"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"

	"github.com/wasession/wasession/test/simulator/stanza"
)

var (
	errNotFound  = &IQError{404, "item-not-found"}
	errForbidden = &IQError{403, "forbidden"}
	errNotAdmin  = &IQError{401, "not-authorized"}
)

// registerGroups adds the handlers of the namespace w:g2.
func (s *Server) registerGroups() {
	s.HandleIQ("w:g2", "get", "query", s.groupQuery)
	s.HandleIQ("w:g2", "get", "participating", s.groupList)
	s.HandleIQ("w:g2", "get", "invite", s.groupInvite)
	s.HandleIQ("w:g2", "set", "invite", s.groupInviteSet)
	s.HandleIQ("w:g2", "set", "create", s.groupCreate)
	s.HandleIQ("w:g2", "set", "leave", s.groupLeave)
	for _, action := range []string{"add", "remove", "promote", "demote"} {
		s.HandleIQ("w:g2", "set", action, s.groupParticipants)
	}
	for _, change := range []string{
		"subject", "description", "locked", "unlocked", "announcement", "not_announcement",
		"ephemeral", "not_ephemeral", "member_add_mode", "membership_approval_mode",
	} {
		s.HandleIQ("w:g2", "set", change, s.groupSetting)
	}
}

// memberGroup returns the group of a query, if the client's account is a
// member.
func (s *Server) memberGroup(iq *IQ) (*Group, Rank, error) {
	to, _ := iq.Node.Attrs["to"].(types.JID)
	g := s.Group(to)
	if g == nil {
		return nil, "", errNotFound
	}
	rank, member := g.Rank(iq.User)
	if !member {
		return nil, "", errForbidden
	}
	return g, rank, nil
}

func (s *Server) groupQuery(_ context.Context, iq *IQ) ([]waBinary.Node, error) {
	g, _, err := s.memberGroup(iq)
	if err != nil {
		return nil, err
	}
	return []waBinary.Node{g.node()}, nil
}

func (s *Server) groupList(_ context.Context, iq *IQ) ([]waBinary.Node, error) {
	var list []waBinary.Node
	for _, g := range s.groupsOf(iq.User) {
		list = append(list, g.node())
	}
	return []waBinary.Node{stanza.Node("groups", nil, list)}, nil
}

// groupInvite returns a group's code, or the group that a code leads to.
func (s *Server) groupInvite(_ context.Context, iq *IQ) ([]waBinary.Node, error) {
	if code := jidText(iq.Child.Attrs["code"]); code != "" {
		g := s.groupByInvite(code)
		if g == nil {
			return nil, &IQError{406, "not-acceptable"}
		}
		return []waBinary.Node{g.node()}, nil
	}
	g, rank, err := s.memberGroup(iq)
	if err != nil {
		return nil, err
	}
	if rank == RankMember {
		return nil, errNotAdmin
	}
	return []waBinary.Node{stanza.Node("invite", waBinary.Attrs{"code": g.Invite()}, nil)}, nil
}

// groupInviteSet joins by a code, or creates a new one.
func (s *Server) groupInviteSet(_ context.Context, iq *IQ) ([]waBinary.Node, error) {
	if code := jidText(iq.Child.Attrs["code"]); code != "" {
		g := s.groupByInvite(code)
		if g == nil {
			return nil, &IQError{406, "not-acceptable"}
		}
		g.Add(iq.User, iq.User)
		return []waBinary.Node{groupJIDNode(g.jid)}, nil
	}
	g, rank, err := s.memberGroup(iq)
	if err != nil {
		return nil, err
	}
	if rank == RankMember {
		return nil, errNotAdmin
	}
	return []waBinary.Node{stanza.Node("invite", waBinary.Attrs{"code": g.ResetInvite(iq.User)}, nil)}, nil
}

func (s *Server) groupCreate(_ context.Context, iq *IQ) ([]waBinary.Node, error) {
	known, _ := s.usersOf(iq.Child)
	known = slices.DeleteFunc(known, func(u *User) bool { return u == iq.User })
	g := s.createGroup(jidText(iq.Child.Attrs["subject"]), iq.User, append([]*User{iq.User}, known...))
	g.update(func(info *groupInfo) {
		_, info.Announce = iq.Child.GetOptionalChildByTag("announcement")
		_, info.Locked = iq.Child.GetOptionalChildByTag("locked")
		if mode, ok := iq.Child.GetChildByTag("member_add_mode").Content.([]byte); ok {
			info.AddMode = string(mode)
		}
		ephemeral := iq.Child.GetChildByTag("ephemeral")
		info.Ephemeral = uint32(ephemeral.AttrGetter().OptionalInt("expiration"))
		join := iq.Child.GetChildByTag("membership_approval_mode", "group_join")
		info.Approval = join.Attrs["state"] == "on"
	})
	g.announceCreation(iq.User)
	return []waBinary.Node{g.node()}, nil
}

func (s *Server) groupLeave(_ context.Context, iq *IQ) ([]waBinary.Node, error) {
	for _, child := range iq.Child.GetChildrenByTag("group") {
		jid, _ := child.Attrs["id"].(types.JID)
		if g := s.Group(jid); g != nil {
			g.Remove(iq.User, iq.User)
		}
	}
	return []waBinary.Node{stanza.Node("leave", nil, iq.Child.GetChildren())}, nil
}

func (s *Server) groupParticipants(_ context.Context, iq *IQ) ([]waBinary.Node, error) {
	g, rank, err := s.memberGroup(iq)
	if err != nil {
		return nil, err
	}
	if rank == RankMember {
		return nil, errNotAdmin
	}
	known, unknown := s.usersOf(iq.Child)
	switch iq.Child.Tag {
	case "add":
		g.Add(iq.User, known...)
	case "remove":
		g.Remove(iq.User, known...)
	case "promote":
		g.SetRank(iq.User, RankAdmin, known...)
	case "demote":
		g.SetRank(iq.User, RankMember, known...)
	}
	var done []waBinary.Node
	for _, u := range known {
		rank, _ := g.Rank(u)
		done = append(done, g.participantNode(u, rank))
	}
	for _, jid := range unknown {
		done = append(done, stanza.Node("participant", waBinary.Attrs{"jid": jid, "error": "404"}, nil))
	}
	return []waBinary.Node{stanza.Node(iq.Child.Tag, nil, done)}, nil
}

// groupSetting changes one property of a group.
func (s *Server) groupSetting(_ context.Context, iq *IQ) ([]waBinary.Node, error) {
	g, rank, err := s.memberGroup(iq)
	if err != nil {
		return nil, err
	}
	if info := g.snapshot(); rank == RankMember && (info.Locked || !anyMemberMay(iq.Child.Tag)) {
		return nil, errNotAdmin
	}
	text, _ := iq.Child.Content.([]byte)
	switch iq.Child.Tag {
	case "subject":
		g.SetSubject(iq.User, string(text))
	case "description":
		body, _ := iq.Child.GetChildByTag("body").Content.([]byte)
		if prev := jidText(iq.Child.Attrs["prev"]); prev != g.snapshot().TopicID {
			return nil, &IQError{409, "conflict"}
		}
		g.SetTopic(iq.User, jidText(iq.Child.Attrs["id"]), string(body))
	case "locked", "unlocked":
		g.SetLocked(iq.User, iq.Child.Tag == "locked")
	case "announcement", "not_announcement":
		g.SetAnnounce(iq.User, iq.Child.Tag == "announcement")
	case "ephemeral", "not_ephemeral":
		seconds, _ := strconv.ParseUint(jidText(iq.Child.Attrs["expiration"]), 10, 32)
		g.SetEphemeral(iq.User, uint32(seconds))
	case "member_add_mode":
		g.update(func(info *groupInfo) { info.AddMode = string(text) })
	case "membership_approval_mode":
		join := iq.Child.GetChildByTag("group_join")
		g.update(func(info *groupInfo) { info.Approval = join.Attrs["state"] == "on" })
	}
	return nil, nil
}

// anyMemberMay reports whether members without a rank may make a change in a
// group that is not locked.
func anyMemberMay(change string) bool {
	switch change {
	case "subject", "description", "ephemeral", "not_ephemeral":
		return true
	default:
		return false
	}
}
