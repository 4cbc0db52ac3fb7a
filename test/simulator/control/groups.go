package control

import (
	"net/http"

	"github.com/wasession/wasession/test/simulator"
)

func (a *API) groups(*http.Request) (any, error) {
	out := []Group{}
	for _, g := range a.srv.Groups() {
		out = append(out, describeGroup(g))
	}
	return out, nil
}

func (a *API) addGroup(r *http.Request) (any, error) {
	body, err := read[Group](r)
	if err != nil {
		return nil, err
	}
	if body.JID != "" {
		return nil, invalid("a new group gets its JID from the server")
	}
	members, err := a.people(body.Members)
	if err != nil {
		return nil, err
	}
	if len(members) == 0 {
		return nil, invalid("a group needs members")
	}
	return describeGroup(a.srv.AddGroup(body.Subject, members...)), nil
}

func describeGroup(g *simulator.Group) Group {
	return Group{
		JID: g.JID().String(), Subject: g.Subject(), Members: numbers(g.Members()),
		Description: g.Topic(), Invite: g.Invite(), Requests: numbers(g.Requests()),
	}
}

func numbers(users []*simulator.User) []string {
	out := []string{}
	for _, u := range users {
		out = append(out, u.PN().User)
	}
	return out
}

// people returns the accounts with these numbers.
func (a *API) people(numbers []string) (users []*simulator.User, err error) {
	for _, number := range numbers {
		u, err := a.user(number)
		if err != nil {
			return nil, err
		}
		users = append(users, u)
	}
	return users, nil
}

func (a *API) changeGroup(r *http.Request) (any, error) {
	body, err := read[GroupChange](r)
	if err != nil {
		return nil, err
	}
	jid, err := chat(r.PathValue("jid"))
	if err != nil {
		return nil, err
	}
	g := a.srv.Group(jid)
	if g == nil {
		return nil, unknown("there is no group %s", jid)
	}
	if body.Join != "" {
		u, err := a.user(body.Join)
		if err != nil {
			return nil, err
		}
		if _, _, err := u.JoinGroup(g.Invite()); err != nil {
			return nil, err
		}
		if body.By == "" {
			return describeGroup(g), nil
		}
	}
	by, err := a.user(body.By)
	if err != nil {
		return nil, err
	}
	if err := a.changeMembers(g, by, body); err != nil {
		return nil, err
	}
	editGroup(g, by, body)
	return describeGroup(g), nil
}

func editGroup(g *simulator.Group, by *simulator.User, body GroupChange) {
	if body.Subject != "" {
		g.SetSubject(by, body.Subject)
	}
	if body.Description != nil {
		g.SetTopic(by, "", *body.Description)
	}
	for _, c := range []struct {
		on  *bool
		set func(*simulator.User, bool)
	}{{body.Locked, g.SetLocked}, {body.Announce, g.SetAnnounce}, {body.Approval, g.SetApproval}} {
		if c.on != nil {
			c.set(by, *c.on)
		}
	}
}

func (a *API) changeMembers(g *simulator.Group, by *simulator.User, body GroupChange) error {
	rank := func(rank simulator.Rank) func(*simulator.User, ...*simulator.User) {
		return func(by *simulator.User, users ...*simulator.User) { g.SetRank(by, rank, users...) }
	}
	for _, c := range []struct {
		numbers []string
		do      func(*simulator.User, ...*simulator.User)
	}{
		{body.Add, g.Add}, {body.Remove, g.Remove}, {body.Promote, rank(simulator.RankAdmin)}, {body.Demote, rank(simulator.RankMember)},
		{body.Approve, g.Approve}, {body.Reject, g.Reject},
	} {
		users, err := a.people(c.numbers)
		if err != nil {
			return err
		}
		if len(users) > 0 {
			c.do(by, users...)
		}
	}
	return nil
}
