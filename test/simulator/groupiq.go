package simulator

import (
	"context"
	"slices"
	"strconv"
	"unicode/utf8"

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
	s.HandleIQ("w:g2", "set", "accept", s.groupAccept)
	s.HandleIQ("w:g2", "get", "membership_approval_requests", s.groupRequests)
	s.HandleIQ("w:g2", "set", "membership_requests_action", s.groupRequestsAction)
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

// adminGroup returns the group of a query, if the client's account is an admin.
func (s *Server) adminGroup(iq *IQ) (*Group, error) {
	g, rank, err := s.memberGroup(iq)
	if err == nil && rank == RankMember {
		err = errNotAdmin
	}
	return g, err
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

func (s *Server) groupCreate(_ context.Context, iq *IQ) ([]waBinary.Node, error) {
	subject := jidText(iq.Child.Attrs["subject"])
	if err := acceptable(subject, maxSubject); err != nil {
		return nil, err
	}
	members := []*User{iq.User}
	var refused []waBinary.Node
	for _, named := range iq.Child.GetChildrenByTag("participant") {
		u := s.UserByJID(jidOf(named))
		switch {
		case u == nil:
			refused = append(refused, refusedNode(jidOf(named), codeUnknown))
		case !u.letsAdd():
			refused = append(refused, refusedNode(jidOf(named), codeInvite))
		case !slices.Contains(members, u):
			members = append(members, u)
		}
	}
	g := s.createGroup(subject, iq.User, members)
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
	node := g.node()
	for _, r := range refused {
		if u := s.UserByJID(jidOf(r)); u != nil {
			r.Content = []waBinary.Node{g.invitationNode(u)}
		}
		node.Content = append(node.GetChildren(), r)
	}
	return []waBinary.Node{node}, nil
}

// What the longest names and descriptions have, in characters.
const (
	maxSubject = 100
	maxTopic   = 2048
)

// acceptable refuses a text that is empty or too long.
func acceptable(text string, most int) error {
	if n := utf8.RuneCountInString(text); n == 0 || n > most {
		return errNotAcceptable
	}
	return nil
}

func (s *Server) groupLeave(_ context.Context, iq *IQ) ([]waBinary.Node, error) {
	for _, child := range iq.Child.GetChildrenByTag("group") {
		jid, _ := child.Attrs["id"].(types.JID)
		g := s.Group(jid)
		if g == nil {
			return nil, errNotFound
		}
		if _, member := g.Rank(iq.User); !member {
			return nil, errForbidden
		}
		g.Remove(iq.User, iq.User)
	}
	return []waBinary.Node{stanza.Node("leave", nil, iq.Child.GetChildren())}, nil
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
		if err := acceptable(string(text), maxSubject); err != nil {
			return nil, err
		}
		g.SetSubject(iq.User, string(text))
	case "description":
		return nil, g.describe(iq)
	case "locked", "unlocked":
		g.SetLocked(iq.User, iq.Child.Tag == "locked")
	case "announcement", "not_announcement":
		g.SetAnnounce(iq.User, iq.Child.Tag == "announcement")
	case "ephemeral", "not_ephemeral":
		seconds, _ := strconv.ParseUint(jidText(iq.Child.Attrs["expiration"]), 10, 32)
		g.SetEphemeral(iq.User, uint32(seconds))
	case "member_add_mode":
		g.SetAddMode(iq.User, types.GroupMemberAddMode(text))
	case "membership_approval_mode":
		join := iq.Child.GetChildByTag("group_join")
		g.SetApproval(iq.User, join.Attrs["state"] == "on")
	}
	return nil, nil
}

// describe replaces the description that the client names, or removes it.
func (g *Group) describe(iq *IQ) error {
	body, _ := iq.Child.GetChildByTag("body").Content.([]byte)
	info := g.snapshot()
	if prev := jidText(iq.Child.Attrs["prev"]); info.Topic != "" && prev != info.TopicID {
		return errConflict
	}
	if iq.Child.Attrs["delete"] != "true" {
		if err := acceptable(string(body), maxTopic); err != nil {
			return err
		}
	}
	g.SetTopic(iq.User, jidText(iq.Child.Attrs["id"]), string(body))
	return nil
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
