package simulator

import (
	"context"
	"slices"
	"time"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"

	"github.com/wasession/wasession/test/simulator/stanza"
)

// invitationTime is how long an invitation of one person is valid.
const invitationTime = 3 * 24 * time.Hour

// groupInvitation lets one person join a group.
type groupInvitation struct {
	Code  string `json:"code"`
	Until int64  `json:"until"`
}

// groupRequest is a request to join a group.
type groupRequest struct {
	PN string `json:"pn"`
	At int64  `json:"at"`
}

var (
	errConflict      = &IQError{409, "conflict"}
	errGone          = &IQError{410, "gone"}
	errNotAcceptable = &IQError{406, "not-acceptable"}
)

// Invite returns the code of the group's invite link.
func (g *Group) Invite() string { return g.snapshot().Invite }

// ResetInvite creates a new invite code; the old one no longer works.
func (g *Group) ResetInvite(by *User) string {
	code := newInvite()
	g.update(func(info *groupInfo) {
		info.Revoked = append(info.Revoked, info.Invite)
		info.Invite = code
	})
	g.notify(by, g.Members(), stanza.Node("invite", waBinary.Attrs{"code": code}, nil))
	return code
}

// groupByInvite returns the group that an invite code leads to.
func (s *Server) groupByInvite(code string) (*Group, error) {
	for _, g := range s.Groups() {
		info := g.snapshot()
		if info.Invite == code {
			return g, nil
		}
		if slices.Contains(info.Revoked, code) {
			return nil, errGone
		}
	}
	return nil, errNotAcceptable
}

// JoinGroup makes an account join a group by its invite code, as its phone does. Where
// admins approve new members it only asks to join: joined is false then.
func (u *User) JoinGroup(code string) (g *Group, joined bool, err error) {
	if g, err = u.srv.groupByInvite(code); err != nil {
		return nil, false, err
	}
	info := g.snapshot()
	switch {
	case info.index(u) >= 0:
		return g, false, errConflict
	case slices.Contains(info.Removed, u.pn.User):
		return g, false, errNotAdmin
	case info.Approval:
		g.request(u)
		return g, false, nil
	}
	g.Add(u, u)
	return g, true, nil
}

// Invitation returns the code by which an account can accept that it was invited to a
// group; empty if it was not.
func (g *Group) Invitation(u *User) string { return g.snapshot().Invited[u.pn.User].Code }

// invitationNode invites an account that cannot be added.
func (g *Group) invitationNode(u *User) waBinary.Node {
	i := groupInvitation{Code: newInvite(), Until: time.Now().Add(invitationTime).Unix()}
	g.update(func(info *groupInfo) {
		invited := map[string]groupInvitation{u.pn.User: i}
		for pn, other := range info.Invited { // snapshots share the old map
			if pn != u.pn.User {
				invited[pn] = other
			}
		}
		info.Invited = invited
	})
	return stanza.Node("add_request", waBinary.Attrs{"code": i.Code, "expiration": i.Until}, nil)
}

// AcceptInvitation makes an account join a group that it was invited to, as its phone
// does when its owner taps the message.
func (u *User) AcceptInvitation(g *Group, code string) error {
	i, invited := g.snapshot().Invited[u.pn.User]
	if !invited || i.Code != code || i.Until < time.Now().Unix() {
		return errGone
	}
	g.Add(u, u)
	return nil
}

// groupInvite returns a group's code, or the group that a code leads to.
func (s *Server) groupInvite(_ context.Context, iq *IQ) ([]waBinary.Node, error) {
	if code := jidText(iq.Child.Attrs["code"]); code != "" {
		g, err := s.groupByInvite(code)
		if err != nil {
			return nil, err
		}
		return []waBinary.Node{g.node()}, nil
	}
	g, err := s.adminGroup(iq)
	if err != nil {
		return nil, err
	}
	return []waBinary.Node{stanza.Node("invite", waBinary.Attrs{"code": g.Invite()}, nil)}, nil
}

// groupInviteSet joins by a code, or creates a new one.
func (s *Server) groupInviteSet(_ context.Context, iq *IQ) ([]waBinary.Node, error) {
	if code := jidText(iq.Child.Attrs["code"]); code != "" {
		g, joined, err := iq.User.JoinGroup(code)
		switch {
		case err != nil:
			return nil, err
		case !joined:
			return []waBinary.Node{stanza.Node("membership_approval_request", waBinary.Attrs{"jid": g.jid}, nil)}, nil
		}
		return []waBinary.Node{groupJIDNode(g.jid)}, nil
	}
	g, err := s.adminGroup(iq)
	if err != nil {
		return nil, err
	}
	return []waBinary.Node{stanza.Node("invite", waBinary.Attrs{"code": g.ResetInvite(iq.User)}, nil)}, nil
}

// groupAccept joins a group that the client's account was invited to.
func (s *Server) groupAccept(_ context.Context, iq *IQ) ([]waBinary.Node, error) {
	to, _ := iq.Node.Attrs["to"].(types.JID)
	g := s.Group(to)
	if g == nil {
		return nil, errNotFound
	}
	return nil, iq.User.AcceptInvitation(g, jidText(iq.Child.Attrs["code"]))
}

func groupJIDNode(jid types.JID) waBinary.Node {
	return stanza.Node("group", waBinary.Attrs{"jid": jid}, nil)
}
