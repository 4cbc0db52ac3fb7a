package whatsapp

import (
	"context"
	"slices"
	"testing"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/test/simulator"
)

func TestWhatAGroupChangeSaysOfAnother(t *testing.T) {
	const room, bob, carol chat.ID = "1@g.us", "2@c.us", "3@c.us"
	update := func(g chat.Group) chat.GroupChanged {
		g.ID = room
		return chat.GroupChanged{Event: chat.EventGroupUpdate, Group: g}
	}
	member := func(action chat.GroupAction, who ...chat.ID) chat.GroupChanged {
		return chat.GroupChanged{Event: chat.EventGroupParticipants, Group: chat.Group{ID: room}, Action: action, Participants: who}
	}
	elsewhere := update(chat.Group{Subject: "a"})
	elsewhere.Group.ID = "9@g.us"
	undescribed := update(chat.Group{})
	undescribed.Undescribed = true
	joined := chat.GroupChanged{Event: chat.EventGroupJoin, Group: chat.Group{ID: room, Subject: "a"}}
	for name, c := range map[string]struct {
		want, got chat.GroupChanged
		all       bool
		rest      []chat.ID
	}{
		"the same name":            {update(chat.Group{Subject: "a"}), update(chat.Group{Subject: "a", Locked: new(true)}), true, nil},
		"another name":             {update(chat.Group{Subject: "a"}), update(chat.Group{Subject: "b"}), false, nil},
		"another group":            {update(chat.Group{Subject: "a"}), elsewhere, false, nil},
		"another setting":          {update(chat.Group{Locked: new(true)}), update(chat.Group{Announce: new(true)}), false, nil},
		"the opposite":             {update(chat.Group{Locked: new(true)}), update(chat.Group{Locked: new(false)}), false, nil},
		"no description":           {undescribed, update(chat.Group{Subject: "a"}), false, nil},
		"a removed description":    {undescribed, undescribed, true, nil},
		"a link":                   {update(chat.Group{Invite: "x"}), update(chat.Group{Invite: "y"}), false, nil},
		"both members":             {member("add", bob, carol), member("add", carol, bob), true, nil},
		"one of two":               {member("add", bob, carol), member("add", bob), false, []chat.ID{carol}},
		"another action":           {member("add", bob), member("remove", bob), false, []chat.ID{bob}},
		"the group that was made":  {joined, chat.GroupChanged{Event: chat.EventGroupJoin, Group: chat.Group{ID: room}}, true, nil},
		"a change of it, not that": {joined, update(chat.Group{Subject: "a"}), false, nil},
	} {
		rest, all := without(c.want, c.got)
		if all != c.all || !slices.Equal(rest.Participants, c.rest) && !all {
			t.Errorf("%s: %t, left %v", name, all, rest.Participants)
		}
	}
}

// A call hears what was stored since it began, also before it knows what it waits for.
func TestAnEchoMayComeFirst(t *testing.T) {
	var echoes groupEchoes
	l, stop := echoes.listen()
	want := chat.GroupChanged{Event: chat.EventGroupJoin, Group: chat.Group{ID: "1@g.us"}}
	echoes.stored([]chat.Change{chat.LIDMapped{}, want})
	if _, ok := l.await(t.Context(), want); !ok {
		t.Error("not heard")
	}
	stop()
	echoes.stored([]chat.Change{want})
	if len(l.take()) != 0 || len(echoes.listeners) != 0 {
		t.Error("still listening")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if rest, ok := l.await(ctx, want); ok || rest.Group.ID != want.Group.ID {
		t.Errorf("heard %+v", rest)
	}
}

// A change whose notification does not come is stored without it.
func TestAGroupChangeWithoutItsNotification(t *testing.T) {
	l := paired(t)
	g := l.srv.AddGroup("Team", l.alice, l.bob)
	room := chat.ID(g.JID().User + "@g.us")
	l.await("the group", func() bool { return len(all[chat.GroupChanged](l.recorder)) > 0 })
	l.srv.Faults().Drop(func(s simulator.Stanza) bool {
		return s.Direction == simulator.ToClient && s.Node.Tag == "notification"
	})
	if err := l.EditGroup(l.ctx, room, chat.GroupEdit{Subject: new("Crew")}); err != nil {
		t.Fatal(err)
	}
	changes := all[chat.GroupChanged](l.recorder)
	if last := changes[len(changes)-1]; last.Group.Subject != "Crew" || last.Event != chat.EventGroupUpdate || last.Author != aliceID {
		t.Errorf("stored is %+v", last)
	}
}
