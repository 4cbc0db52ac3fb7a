package control_test

import (
	"slices"
	"testing"

	"go.mau.fi/whatsmeow/types/events"

	"github.com/wasession/wasession/test/simulator/control"
)

func TestMembersChangeAGroupOverHTTP(t *testing.T) {
	s := newStage(t).link()
	const carol = "15550003333"
	_, err := s.control.AddUser(s.ctx, control.User{Number: carol, Name: "Carol"})
	s.must(err)
	group, err := s.control.AddGroup(s.ctx, "Night shift", bob, alice)
	s.must(err)
	change := func(c control.GroupChange) control.Group {
		t.Helper()
		c.By = bob
		changed, err := s.control.ChangeGroup(s.ctx, group.JID, c)
		s.must(err)
		return changed
	}
	if got := change(control.GroupChange{Subject: "Day shift", Description: new("From eight"), Approval: new(true)}); got.Subject != "Day shift" || got.Description != "From eight" {
		t.Errorf("changed: %+v", got)
	}
	wait(s, func(e *events.GroupInfo) bool { return e.Topic != nil && e.Topic.Topic == "From eight" })
	asked, err := s.control.ChangeGroup(s.ctx, group.JID, control.GroupChange{Join: carol})
	s.must(err)
	if !slices.Equal(asked.Requests, []string{carol}) || asked.Invite == "" || len(asked.Members) != 2 {
		t.Errorf("asked to join: %+v", asked)
	}
	if got := change(control.GroupChange{Approve: []string{carol}}); len(got.Requests) != 0 || !slices.Contains(got.Members, carol) {
		t.Errorf("approved: %+v", got)
	}
	change(control.GroupChange{Promote: []string{alice}})
	wait(s, func(e *events.GroupInfo) bool { return len(e.Promote) == 1 })
	if got := change(control.GroupChange{Remove: []string{alice, carol}, Locked: new(true)}); !slices.Equal(got.Members, []string{bob}) {
		t.Errorf("removed: %+v", got)
	}
	wait(s, func(e *events.GroupInfo) bool { return len(e.Leave) > 0 })
	for name, c := range map[string]control.GroupChange{
		"nobody": {Subject: "x"}, "a stranger": {By: "19990009999", Subject: "x"}, "one who was removed": {Join: carol},
		"adding a stranger": {By: bob, Add: []string{"19990009999"}},
	} {
		if _, err := s.control.ChangeGroup(s.ctx, group.JID, c); err == nil {
			t.Errorf("%s changed the group", name)
		}
	}
	if _, err := s.control.ChangeGroup(s.ctx, "120363999999999999@g.us", control.GroupChange{By: bob}); err == nil {
		t.Error("a group that is not there was changed")
	}
}
