package store

import (
	"errors"
	"slices"
	"testing"

	"github.com/wasession/wasession/runtime/chat"
)

func TestAChatHasTheBestNameKnown(t *testing.T) {
	s := open(t, Options{})
	m := received(alice, "A1", 100)
	m.Message.SenderName = "pushed"
	for _, step := range []struct {
		change chat.Change
		want   string
	}{
		{received(alice, "A0", 90), ""},
		{m, "pushed"},
		{chat.ContactNamed{ID: alice, BusinessName: "Business"}, "Business"},
		{chat.ContactNamed{ID: aliceLID, Name: "From the LID"}, "Business"},
		{chat.LIDMapped{LID: aliceLID, Phone: alice}, "From the LID"},
		{chat.ContactNamed{ID: aliceLID, Name: "Alice"}, "Alice"},
		{chat.ContactNamed{ID: alice, PushName: "other"}, "Alice"},
	} {
		apply(t, s, step.change)
		if got := chatOf(t, s, alice).Name; got != step.want {
			t.Errorf("after %+v it is %q, want %q", step.change, got, step.want)
		}
	}
	c := must(s.Contact(t.Context(), aliceLID))(t)
	if c != (chat.Contact{ID: alice, LID: aliceLID, Name: "Alice", PushName: "other", BusinessName: "Business"}) {
		t.Errorf("contact is %+v", c)
	}
}

func TestAGroupsNameIsItsSubject(t *testing.T) {
	s := open(t, Options{})
	importAll(t, s, historyOf(chat.Chat{ID: team, Name: "From history"}))
	if got := chatOf(t, s, team).Name; got != "From history" {
		t.Errorf("name is %q", got)
	}
	apply(t, s, chat.GroupChanged{Group: chat.Group{ID: team, Subject: "The team"}})
	apply(t, s, chat.GroupChanged{Group: chat.Group{ID: team, Description: "about it"}})
	if got := chatOf(t, s, team).Name; got != "The team" {
		t.Errorf("name is %q", got)
	}
}

func TestContactsAreListedOnce(t *testing.T) {
	s := open(t, Options{})
	apply(t, s, chat.ContactNamed{ID: bob, Name: "bob"}, chat.ContactNamed{ID: alice, PushName: "Zoe"},
		chat.ContactNamed{ID: "3@c.us", Name: "Ann"}, chat.ContactNamed{ID: bobLID, PushName: "B"},
		chat.LIDMapped{LID: bobLID, Phone: bob}, chat.ContactNamed{ID: aliceLID, PushName: "somebody"}, received(team, "T", 1))
	list := func(q chat.ListQuery) (names []string) {
		t.Helper()
		for _, c := range must(s.Contacts(t.Context(), q))(t) {
			names = append(names, c.BestName())
		}
		return names
	}
	for _, test := range []struct {
		q    chat.ListQuery
		want []string
	}{
		{chat.ListQuery{}, []string{"Zoe", "bob", "Ann", "somebody"}},
		{chat.ListQuery{SortBy: chat.SortName}, []string{"Ann", "bob", "somebody", "Zoe"}},
		{chat.ListQuery{SortBy: chat.SortName, Reverse: true, Limit: 2, Offset: 1}, []string{"somebody", "bob"}},
	} {
		if got := list(test.q); !slices.Equal(got, test.want) {
			t.Errorf("%+v: %v, want %v", test.q, got, test.want)
		}
	}
	if _, err := s.Contacts(t.Context(), chat.ListQuery{SortBy: "age"}); err == nil {
		t.Error("an unknown field is not an error")
	}
	if _, err := s.Contact(t.Context(), "404@c.us"); !errors.Is(err, chat.ErrNotFound) {
		t.Errorf("error is %v", err)
	}
}

func TestPairsOfLIDAndNumber(t *testing.T) {
	s := open(t, Options{})
	apply(t, s, chat.LIDMapped{LID: bobLID, Phone: bob}, chat.LIDMapped{LID: aliceLID, Phone: alice},
		chat.LIDMapped{LID: "9009@lid", Phone: bob}, chat.LIDMapped{LID: bob, Phone: bobLID}, chat.LIDMapped{LID: "5@lid", Phone: team})
	pairs := must(s.LIDs(t.Context(), chat.ListQuery{Limit: 2, Offset: 1}))(t)
	if !slices.Equal(pairs, []chat.LIDPair{{LID: bobLID, Phone: bob}, {LID: "9009@lid", Phone: bob}}) {
		t.Errorf("pairs %+v", pairs)
	}
	if n := must(s.CountLIDs(t.Context()))(t); n != 3 {
		t.Errorf("%d pairs", n)
	}
	if lid := must(s.LIDOf(t.Context(), bob))(t); lid != "9009@lid" {
		t.Errorf("LID is %s", lid)
	}
	for _, err := range []error{second(s.LIDOf(t.Context(), "404@c.us")), second(s.PhoneOf(t.Context(), "404@lid")), second(s.PhoneOf(t.Context(), alice))} {
		if !errors.Is(err, chat.ErrNotFound) {
			t.Errorf("error is %v", err)
		}
	}
}

func second[T any](_ T, err error) error { return err }

func TestGroupsAndTheirMembers(t *testing.T) {
	s := open(t, Options{})
	locked := true
	apply(t, s, chat.GroupChanged{Event: chat.EventGroupJoin, Timestamp: 50, Group: chat.Group{
		ID: team, Subject: "b", Owner: aliceLID, CreatedAt: 40, Locked: &locked, Participants: []chat.Participant{{ID: alice, Role: "superadmin"}, {ID: bob}},
	}}, chat.LIDMapped{LID: aliceLID, Phone: alice}, chat.GroupChanged{Group: chat.Group{ID: "8@g.us", Subject: "A"}})
	if c := chatOf(t, s, team); c.ConversationTimestamp != 50 || c.LastMessage != nil {
		t.Errorf("the chat of a group just joined: %+v", c)
	}
	change := func(action chat.GroupAction, who chat.ID) {
		apply(t, s, chat.GroupChanged{Group: chat.Group{ID: team}, Event: chat.EventGroupParticipants, Action: action, Participants: []chat.ID{who}})
	}
	change("add", "3@c.us")
	change("add", alice)
	change("promote", bob)
	change("promote", aliceLID)
	change("remove", "3@c.us")
	g := must(s.Group(t.Context(), team))(t)
	want := []chat.Participant{{ID: alice, LID: aliceLID, Role: "superadmin"}, {ID: bob, Role: "admin"}}
	if g.Subject != "b" || g.Owner != alice || g.CreatedAt != 40 || g.Locked == nil || !*g.Locked || g.Announce != nil || !slices.Equal(g.Participants, want) {
		t.Errorf("group is %+v", g)
	}
	change("demote", bob)
	if g := must(s.Group(t.Context(), team))(t); g.Participants[1].Role != "" {
		t.Errorf("group is %+v", g)
	}
	if got := must(s.Groups(t.Context(), chat.ListQuery{SortBy: chat.SortName}))(t); len(got) != 2 || got[0].ID != "8@g.us" || len(got[1].Participants) != 2 {
		t.Errorf("groups %+v", got)
	}
	if _, err := s.Group(t.Context(), "404@g.us"); !errors.Is(err, chat.ErrNotFound) {
		t.Errorf("error is %v", err)
	}
	if names := eventNames(t, s); names[0] != chat.EventGroupJoin || names[1] != chat.EventGroupParticipants {
		t.Errorf("events %v", names)
	}
}

// A group that the account has left is no group of its own any more; its chat keeps
// the name.
func TestGroupsThatWereLeft(t *testing.T) {
	s := open(t, Options{})
	joined := chat.GroupChanged{Event: chat.EventGroupJoin, Group: chat.Group{ID: team, Subject: "Lunch", Participants: []chat.Participant{{ID: alice}, {ID: bob}}}}
	left := chat.GroupChanged{Event: chat.EventGroupLeave, Group: chat.Group{ID: team}, Action: chat.GroupRemove, Participants: []chat.ID{alice}}
	listed := func() (n int) {
		t.Helper()
		groups := must(s.Groups(t.Context(), chat.ListQuery{}))(t)
		_, err := s.Group(t.Context(), team)
		if n = must(s.CountGroups(t.Context()))(t); n != len(groups) || errors.Is(err, chat.ErrNotFound) != (n == 0) {
			t.Errorf("%d groups of %d, %v", len(groups), n, err)
		}
		return n
	}
	apply(t, s, joined)
	if listed() != 1 {
		t.Error("not there after joining")
	}
	apply(t, s, left, chat.GroupChanged{Group: chat.Group{ID: team, Subject: "Dinner"}, Event: chat.EventGroupUpdate})
	if listed() != 0 {
		t.Error("still there after leaving")
	}
	if c := chatOf(t, s, team); c.Name != "Dinner" {
		t.Errorf("the chat is named %q", c.Name)
	}
	joined.Event = "" // as when all groups are read
	apply(t, s, joined)
	if listed() != 1 {
		t.Error("not there when WhatsApp tells its members")
	}
	apply(t, s, chat.GroupsRead{IDs: []chat.ID{team, "404@g.us"}})
	if listed() != 1 {
		t.Error("not there although it was read")
	}
	apply(t, s, chat.GroupsRead{})
	if listed() != 0 {
		t.Error("still there although WhatsApp lists no groups")
	}
}

func TestDescriptionsAreRemoved(t *testing.T) {
	s := open(t, Options{})
	apply(t, s, chat.GroupChanged{Group: chat.Group{ID: team, Subject: "Lunch", Description: "At eight"}})
	apply(t, s, chat.GroupChanged{Group: chat.Group{ID: team, Subject: "Dinner"}})
	if g := must(s.Group(t.Context(), team))(t); g.Description != "At eight" {
		t.Errorf("after another change: %q", g.Description)
	}
	apply(t, s, chat.GroupChanged{Group: chat.Group{ID: team}, Undescribed: true})
	if g := must(s.Group(t.Context(), team))(t); g.Description != "" || g.Subject != "Dinner" {
		t.Errorf("after the removal: %+v", g)
	}
}

func TestPicturesAreRememberedForThePerson(t *testing.T) {
	s := open(t, Options{})
	if _, err := s.Picture(t.Context(), alice); !errors.Is(err, chat.ErrNotFound) {
		t.Errorf("error is %v", err)
	}
	p := chat.Picture{URL: "https://pps.example/a", FetchedAt: 77}
	if err := s.SavePicture(t.Context(), aliceLID, p); err != nil {
		t.Fatal(err)
	}
	apply(t, s, received(aliceLID, "L1", 100), chat.LIDMapped{LID: aliceLID, Phone: alice})
	for _, id := range []chat.ID{alice, aliceLID} {
		if got := must(s.Picture(t.Context(), id))(t); got != p {
			t.Errorf("picture of %s is %+v", id, got)
		}
		if c := chatOf(t, s, id); c.Picture == nil || *c.Picture != p {
			t.Errorf("chat has %+v", c.Picture)
		}
	}
}
