package simulator

import (
	"context"
	"slices"
	"time"

	waBinary "go.mau.fi/whatsmeow/binary"

	"github.com/wasession/wasession/test/simulator/stanza"
)

// request notes that an account asks to join, and tells the admins.
func (g *Group) request(u *User) {
	g.update(func(info *groupInfo) {
		if info.requested(u) < 0 {
			info.Requests = append(info.Requests, groupRequest{PN: u.pn.User, At: time.Now().Unix()})
		}
	})
	g.notify(u, g.admins(), stanza.Node("created_membership_requests", waBinary.Attrs{"request_method": "invite_link"},
		[]waBinary.Node{stanza.Node("requested_user", g.userAttrs(u), nil)}))
}

// CancelRequest withdraws an account's request to join.
func (g *Group) CancelRequest(u *User) { g.endRequests(u, u) }

// Approve adds accounts that have asked to join.
func (g *Group) Approve(by *User, users ...*User) {
	g.takeRequests(users)
	g.Add(by, users...)
}

// Reject rejects the requests of accounts to join.
func (g *Group) Reject(by *User, users ...*User) { g.endRequests(by, users...) }

func (g *Group) endRequests(by *User, users ...*User) {
	g.takeRequests(users)
	for _, u := range users {
		g.notify(by, g.admins(), stanza.Node("revoked_membership_requests", nil,
			[]waBinary.Node{stanza.Node("participant", g.userAttrs(u), nil)}))
	}
}

func (g *Group) takeRequests(users []*User) {
	g.update(func(info *groupInfo) {
		info.Requests = slices.DeleteFunc(slices.Clone(info.Requests), func(r groupRequest) bool {
			return slices.ContainsFunc(users, func(u *User) bool { return u.pn.User == r.PN })
		})
	})
}

// Requests returns the accounts that have asked to join, the first one first.
func (g *Group) Requests() (users []*User) {
	for _, r := range g.snapshot().Requests {
		if u := g.srv.User(r.PN); u != nil {
			users = append(users, u)
		}
	}
	return users
}

func (i *groupInfo) requested(u *User) int {
	return slices.IndexFunc(i.Requests, func(r groupRequest) bool { return r.PN == u.pn.User })
}

// admins returns the accounts that may change the group.
func (g *Group) admins() (admins []*User) {
	for _, u := range g.Members() {
		if rank, _ := g.Rank(u); rank != RankMember {
			admins = append(admins, u)
		}
	}
	return admins
}

// groupRequests lists the requests to join a group.
func (s *Server) groupRequests(_ context.Context, iq *IQ) ([]waBinary.Node, error) {
	g, err := s.adminGroup(iq)
	if err != nil {
		return nil, err
	}
	var list []waBinary.Node
	for _, r := range g.snapshot().Requests {
		if u := s.User(r.PN); u != nil {
			attrs := g.userAttrs(u)
			attrs["request_time"] = r.At
			list = append(list, stanza.Node("membership_approval_request", attrs, nil))
		}
	}
	return []waBinary.Node{stanza.Node(iq.Child.Tag, nil, list)}, nil
}

// groupRequestsAction approves or rejects requests to join a group.
func (s *Server) groupRequestsAction(_ context.Context, iq *IQ) ([]waBinary.Node, error) {
	g, err := s.adminGroup(iq)
	if err != nil {
		return nil, err
	}
	var answers []waBinary.Node
	for _, action := range iq.Child.GetChildren() {
		var done []waBinary.Node
		for _, named := range action.GetChildrenByTag("participant") {
			u := s.UserByJID(jidOf(named))
			info := g.snapshot()
			switch {
			case u == nil || info.requested(u) < 0:
				done = append(done, refusedNode(jidOf(named), 404))
				continue
			case action.Tag == "approve":
				g.Approve(iq.User, u)
			default:
				g.Reject(iq.User, u)
			}
			done = append(done, g.participantNode(u, RankMember))
		}
		answers = append(answers, stanza.Node(action.Tag, nil, done))
	}
	return []waBinary.Node{stanza.Node(iq.Child.Tag, nil, answers)}, nil
}
