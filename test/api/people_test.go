package api

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/wasession/wasession/runtime/wire"
	"github.com/wasession/wasession/test/simulator"
)

func TestCheckExists(t *testing.T) {
	w := paired(t)
	for _, path := range []string{"/api/contacts/check-exists", "/api/checkNumberStatus"} {
		for phone, want := range map[string]string{
			bobPN: "true " + bobChat, "%2B1-555-000-2222": "true " + bobChat, bobPN + "@c.us": "true " + bobChat, "19990009999": "false ",
		} {
			var got struct {
				NumberExists bool
				ChatID       string
			}
			w.get(path+"?session=sales&phone="+phone, &got)
			if fmt.Sprintf("%t %s", got.NumberExists, got.ChatID) != want {
				t.Errorf("%s of %s: %+v, want %s", path, phone, got, want)
			}
		}
	}
	var pair struct{ LID, PN string }
	w.get("/api/sales/lids/pn/"+bobPN, &pair)
	if pair.LID != w.bob.LID().String() || pair.PN != bobChat {
		t.Errorf("what was looked up is not known: %+v", pair)
	}
}

func TestContacts(t *testing.T) {
	w := paired(t)
	w.ok(w.alice.PushContact(w.ctx, w.bob, "Bob the builder", "Bob"))
	w.written("hello")
	type contact struct{ ID, LID, Number, Name, PushName string }
	want := contact{bobChat, w.bob.LID().String(), bobPN, "Bob the builder", "Bob"}
	w.await("Bob's names", func() bool {
		var got contact
		w.get("/api/contacts?session=sales&contactId="+bobPN, &got)
		return got == want
	})
	for _, path := range []string{"/api/contacts?contactId=" + w.bob.LID().String(), "/api/sales/contacts/" + bobChat} {
		var got contact
		w.get(path, &got)
		if got != want {
			t.Errorf("%s gives %+v", path, got)
		}
	}
	_, err := w.carol.SendText(w.ctx, w.alice, "hi")
	w.ok(err)
	w.await("Carol", func() bool {
		var all []contact
		w.get("/api/contacts/all?session=sales&sortBy=name", &all)
		return len(all) == 2 && all[0].ID == bobChat && all[1].PushName == "Carol"
	})
	var page []contact
	w.get("/api/contacts/all?sortBy=name&sortOrder=desc&limit=1&offset=1", &page)
	if len(page) != 1 || page[0].ID != bobChat {
		t.Errorf("the second page, Z-A: %+v", page)
	}
}

func TestContactNamedByTheAPI(t *testing.T) {
	w := paired(t)
	w.written("hello")
	w.do(200, "PUT", "/api/sales/contacts/"+bobChat, m{"firstName": "Bob", "lastName": "Brown"}, nil)
	var got struct{ Name string }
	w.get("/api/sales/contacts/"+bobChat, &got)
	if row := w.chats("")[bobChat]; got.Name != "Bob Brown" || row.Name == nil || *row.Name != "Bob Brown" {
		t.Errorf("the contact is %+v, its chat %+v", got, row)
	}
	state, err := w.alice.AppState()
	w.ok(err)
	if on := state.View().Contacts[w.bob.PN().String()]; on.FullName != "Bob Brown" || on.FirstName != "Bob" {
		t.Errorf("the phone has %+v", on)
	}
	// The phone changes it, and the API does by the person's other ID.
	w.ok(w.alice.PushContact(w.ctx, w.bob, "Robert", "Robert"))
	named := func(want string) bool { w.get("/api/sales/contacts/"+bobChat, &got); return got.Name == want }
	w.await("the name from the phone", func() bool { return named("Robert") })
	w.do(200, "PUT", "/api/sales/contacts/"+w.bob.LID().String(), m{"firstName": "Bobby"}, nil)
	state, err = w.alice.AppState()
	w.ok(err)
	if on := state.View().Contacts[w.bob.PN().String()]; on.FullName != "Bobby" {
		t.Errorf("by LID, the phone has %+v", on)
	}
	if !named("Bobby") {
		t.Errorf("the contact is %+v", got)
	}
	for _, c := range []struct{ id, first, last string }{
		{"1203630000@g.us", "x", "y"}, {"1203630000@newsletter", "x", "y"}, {bobChat, " ", "y"},
		{bobChat, strings.Repeat("x", 101), ""}, {bobChat, "x", "a\nb"},
	} {
		w.do(400, "PUT", "/api/sales/contacts/"+c.id, m{"firstName": c.first, "lastName": c.last}, nil)
	}
}

func TestAboutAndPicture(t *testing.T) {
	w := paired(t)
	w.bob.SetAbout("busy")
	var about struct{ About *string }
	w.get("/api/contacts/about?session=sales&contactId="+bobPN, &about)
	if about.About == nil || *about.About != "busy" {
		t.Errorf("about %v", about.About)
	}
	var picture struct {
		URL *string `json:"profilePictureURL"`
	}
	w.get("/api/contacts/profile-picture?session=sales&contactId="+bobPN, &picture)
	if picture.URL != nil {
		t.Errorf("a picture at %s", *picture.URL)
	}
	w.bob.SetPicture([]byte("jpeg"))
	w.get("/api/contacts/profile-picture?session=sales&refresh=true&contactId="+bobPN, &picture)
	if picture.URL == nil {
		t.Error("no picture")
	}
}

func TestBlocking(t *testing.T) {
	w := paired(t)
	w.do(http.StatusCreated, "POST", "/api/contacts/block", m{"session": name, "contactId": bobChat}, nil)
	_, err := w.bob.SendText(w.ctx, w.alice, "blocked")
	w.ok(err)
	w.do(http.StatusCreated, "POST", "/api/contacts/unblock", m{"session": name, "contactId": bobChat}, nil)
	id := w.written("heard again")
	var list []message
	w.get("/api/messages?chatId="+bobChat, &list)
	if len(list) != 1 || list[0].ID != id {
		t.Errorf("messages %+v, want only what came unblocked", list)
	}
}

type group struct {
	ID, Subject, Description                       string
	MembersCanSendMessages, MembersCanAddNewMember *bool
	NewMembersApprovalRequired                     *bool
	Participants                                   []struct{ ID, PN, Role string }
}

func TestGroups(t *testing.T) {
	w := newWorld(t)
	lunch := w.sim.AddGroup("Lunch", w.alice, w.bob, w.carol)
	lunch.SetTopic(w.alice, "T1", "Where we eat")
	lunch.SetAnnounce(w.alice, true)
	choir := w.sim.AddGroup("Choir", w.bob, w.alice)
	w.run()
	w.scan()
	var all []group
	w.await("the groups", func() bool {
		w.get("/api/sales/groups?sortBy=subject", &all)
		return len(all) == 2
	})
	if all[0].Subject != "Choir" || all[1].Subject != "Lunch" || len(all[1].Participants) != 3 {
		t.Errorf("groups %+v", all)
	}
	var bare []group
	w.get("/api/sales/groups?sortBy=subject&sortOrder=desc&exclude=participants&limit=1", &bare)
	if len(bare) != 1 || bare[0].Subject != "Lunch" || len(bare[0].Participants) != 0 {
		t.Errorf("without participants: %+v", bare)
	}
	var n struct{ Count int }
	w.get("/api/sales/groups/count", &n)
	if n.Count != 2 {
		t.Errorf("count %d", n.Count)
	}
	var one group
	w.get("/api/sales/groups/"+lunch.JID().String(), &one)
	if one.Description != "Where we eat" || one.MembersCanSendMessages == nil || *one.MembersCanSendMessages ||
		one.NewMembersApprovalRequired == nil || *one.NewMembersApprovalRequired || one.MembersCanAddNewMember == nil {
		t.Errorf("the group is %+v", one)
	}
	for _, path := range []string{"/participants", "/participants/v2"} {
		var members []struct{ ID, PN, Role string }
		w.get("/api/sales/groups/"+lunch.JID().String()+path, &members)
		if len(members) != 3 || members[0].ID != alicePN+"@c.us" || members[0].Role != "superadmin" || members[1].Role != "participant" || members[1].PN != bobChat {
			t.Errorf("%s: %+v", path, members)
		}
	}
	lunch.SetPicture(w.alice, []byte("jpeg"))
	var picture wire.Picture
	w.get("/api/sales/groups/"+lunch.JID().String()+"/picture?refresh=true", &picture)
	if picture.URL == nil {
		t.Error("the group has no picture")
	}
	w.do(http.StatusOK, "POST", "/api/sales/groups/"+choir.JID().String()+"/leave", nil, nil)
	if _, member := choir.Rank(w.alice); member {
		t.Error("Alice is still in the choir")
	}
	status, body := w.call("GET", "/api/sales/groups/120363999999999999@g.us", nil)
	if status != http.StatusNotFound {
		t.Errorf("an unknown group: %d %s", status, body)
	}
}

func TestGroupsAreRefreshed(t *testing.T) {
	w := paired(t)
	g, other := w.sim.AddGroup("Lunch", w.alice, w.bob), w.sim.AddGroup("Choir", w.bob, w.alice)
	for _, g := range []*simulator.Group{g, other} {
		w.await("the group", func() bool {
			status, _ := w.call("GET", "/api/sales/groups/"+g.JID().String(), nil)
			return status == http.StatusOK
		})
	}
	// The runtime misses the change of the subject, and that Alice was removed.
	stop := w.sim.Faults().Drop(func(s simulator.Stanza) bool {
		return s.Direction == simulator.ToClient && s.Node.Tag == "notification"
	})
	g.SetSubject(w.alice, "Dinner")
	other.Remove(w.bob, w.alice)
	stop()
	w.do(http.StatusOK, "POST", "/api/sales/groups/refresh", nil, nil)
	var got group
	w.get("/api/sales/groups/"+g.JID().String(), &got)
	if got.Subject != "Dinner" {
		t.Errorf("after a refresh %+v", got)
	}
	if status, _ := w.call("GET", "/api/sales/groups/"+other.JID().String(), nil); status != http.StatusNotFound {
		t.Errorf("the group from which Alice was removed unheard: %d", status)
	}
}

func TestLIDs(t *testing.T) {
	w := paired(t)
	w.written("hello")
	type pair struct{ LID, PN *string }
	show := func(p pair) string {
		text := func(s *string) string {
			if s == nil {
				return "null"
			}
			return *s
		}
		return text(p.LID) + " " + text(p.PN)
	}
	lid := w.bob.LID().String()
	for path, want := range map[string]string{
		"/api/sales/lids/" + lid:                lid + " " + bobChat,
		"/api/sales/lids/" + w.bob.LID().User:   lid + " " + bobChat,
		"/api/sales/lids/123456@lid":            "123456@lid null",
		"/api/sales/lids/pn/" + bobPN:           lid + " " + bobChat,
		"/api/sales/lids/pn/" + bobPN + "@c.us": lid + " " + bobChat,
		"/api/sales/lids/pn/19990009999":        "null 19990009999@c.us",
	} {
		var got pair
		w.get(path, &got)
		if show(got) != want {
			t.Errorf("%s gives %s, want %s", path, show(got), want)
		}
	}
	// Another mapping may be learnt between the two calls.
	w.await("a count of the list", func() bool {
		var all []pair
		w.get("/api/sales/lids?limit=100&offset=0", &all)
		var n struct{ Count int }
		w.get("/api/sales/lids/count", &n)
		return n.Count == len(all) && n.Count > 0
	})
	if status, body := w.call("GET", "/api/sales/lids/"+bobChat, nil); status != http.StatusBadRequest {
		t.Errorf("a number for a lid: %d %s", status, body)
	}
}
