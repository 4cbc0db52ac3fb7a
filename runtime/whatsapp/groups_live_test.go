package whatsapp

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/wasession/wasession/runtime/chat"
)

// What is heard of a group is newer than the list that was on its way.
func TestAGroupIsRenamedWhileTheListIsRead(t *testing.T) {
	l := paired(t)
	group := l.srv.AddGroup("Old", l.alice, l.bob)
	named := func(name string) func() bool {
		return func() bool {
			return slices.ContainsFunc(all[chat.GroupChanged](l.recorder), func(c chat.GroupChanged) bool { return c.Group.Subject == name })
		}
	}
	l.await("the group", named("Old"))
	l.Account.mu.Lock()
	clear(l.mapped) // so that the list's members are stored before its groups
	l.Account.mu.Unlock()
	var listed atomic.Bool
	l.failing(func(changes ...chat.Change) error {
		if _, ok := changes[0].(chat.LIDMapped); ok && listed.CompareAndSwap(false, true) {
			group.SetSubject(l.alice, "New")
			l.await("the new name", named("New"))
		}
		return nil
	})
	if err := l.ReadGroups(l.ctx); err != nil {
		t.Fatal(err)
	}
	changes := all[chat.GroupChanged](l.recorder)
	if last := changes[len(changes)-1]; last.Group.Subject != "New" || last.Event != "" {
		t.Errorf("the last change is %+v", last)
	}
}

func TestGroupsOfTheAccount(t *testing.T) {
	l := paired(t)
	for i := range groupsPerCommit + 5 {
		l.srv.AddGroup(fmt.Sprintf("Group %d", i), l.alice, l.bob)
	}
	groups, err := l.Groups(l.ctx)
	if err != nil || len(groups) != groupsPerCommit+5 {
		t.Fatalf("%d groups, %v", len(groups), err)
	}
	g := groups[0]
	if len(g.Participants) != 2 || g.CreatedAt == 0 || !strings.HasPrefix(g.Subject, "Group ") || g.Announce == nil || *g.Announce {
		t.Errorf("a group is %+v", g)
	}
	ids := []chat.ID{g.Participants[0].ID, g.Participants[1].ID}
	if !slices.Contains(ids, bobID) || !slices.Contains(ids, aliceID) {
		t.Errorf("its members are %v", ids)
	}
	var sizes []int
	l.failing(func(changes ...chat.Change) error {
		_, last := changes[len(changes)-1].(chat.GroupsRead) // with what was heard meanwhile
		if _, ok := changes[0].(chat.GroupChanged); ok && len(changes) > 1 && !last {
			sizes = append(sizes, len(changes))
		}
		return nil
	})
	if err := l.ReadGroups(l.ctx); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(sizes, []int{groupsPerCommit, 5}) {
		t.Errorf("written in transactions of %v", sizes)
	}
	l.failing(func(...chat.Change) error { return errFull })
	wants(t, "groups that could not be stored", l.ReadGroups(l.ctx), errFull, "disk full")
	l.failing(nil)
	if err := l.LeaveGroup(l.ctx, g.ID); err != nil {
		t.Fatal(err)
	}
	if left, err := l.Groups(l.ctx); err != nil || slices.ContainsFunc(left, func(o chat.Group) bool { return o.ID == g.ID }) {
		t.Errorf("the group is still there, %v", err)
	}
}
