package api

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/wire"
	"github.com/wasession/wasession/test/simulator"
)

const (
	groupsPath = "/api/sales/groups"
	carolChat  = carolPN + "@c.us"
)

// members is the body that names people.
func members(ids ...string) m {
	var list []m
	for _, id := range ids {
		list = append(list, m{"id": id})
	}
	return m{"participants": list}
}

// grouped creates a group of Alice and Bob through the API.
func grouped(w *world) (g *simulator.Group, path string) {
	w.Helper()
	var created wire.CreatedGroup
	body := members(bobChat)
	body["name"] = "Lunch"
	w.do(http.StatusCreated, "POST", groupsPath, body, &created)
	if created.ID == "" || created.Subject != "Lunch" || created.JID != created.ID || len(created.Participants) != 2 {
		w.Fatalf("created %+v", created)
	}
	groups := w.sim.Groups()
	g = groups[len(groups)-1]
	if g.JID().String() != created.ID || g.Subject() != "Lunch" {
		w.Fatalf("WhatsApp has %s %q", g.JID(), g.Subject())
	}
	return g, groupsPath + "/" + created.ID
}

// groupEvents are the payloads of an event, shortened to what matters here.
func (w *world) groupEvents(event string) (all []string) {
	w.Helper()
	for _, payload := range w.events(event) {
		var e struct {
			Type         string
			Group        map[string]any
			Participants []struct{ ID, Role string }
		}
		w.ok(json.Unmarshal(payload, &e))
		delete(e.Group, "id")
		all = append(all, strings.TrimSpace(fmt.Sprintf("%s %v %v", e.Type, e.Group, e.Participants)))
	}
	return all
}

func TestAGroupIsCreatedAndChanged(t *testing.T) {
	w := paired(t)
	g, path := grouped(w)
	var got group
	show := func() group {
		got = group{}
		w.get(path, &got)
		return got
	}
	if show(); got.Subject != "Lunch" || len(got.Participants) != 2 {
		t.Errorf("the group is %+v", got)
	}
	if n := len(w.events(chat.EventGroupJoin)); n != 1 {
		t.Errorf("%d events of the new group", n)
	}
	var chatRow wire.Chat
	if chatRow = w.chats("")[g.JID().String()]; chatRow.Name == nil || *chatRow.Name != "Lunch" {
		t.Errorf("the chat of the group: %+v", chatRow)
	}

	put := func(what string, body m) {
		t.Helper()
		var done wire.Success
		w.do(http.StatusOK, "PUT", path+what, body, &done)
		if !done.Success {
			t.Errorf("%s: no success", what)
		}
	}
	put("/subject", m{"subject": "Dinner"})
	if show().Subject != "Dinner" || g.Subject() != "Dinner" {
		t.Errorf("renamed: %+v, %q", got, g.Subject())
	}
	put("/description", m{"description": "At eight"})
	if show().Description != "At eight" || g.Topic() != "At eight" {
		t.Errorf("described: %+v, %q", got, g.Topic())
	}
	put("/description", m{"description": ""})
	if show().Description != "" || g.Topic() != "" {
		t.Errorf("the description is still %q, %q", got.Description, g.Topic())
	}
	for _, c := range []struct {
		setting, member string
		value           bool
	}{
		{"info-admin-only", "adminsOnly", true}, {"info-admin-only", "adminsOnly", false},
		{"messages-admin-only", "adminsOnly", true}, {"messages-admin-only", "adminsOnly", false},
		{"member-add-mode", "membersCanAddNewMember", false}, {"member-add-mode", "membersCanAddNewMember", true},
		{"membership-approval", "newMembersApprovalRequired", true}, {"membership-approval", "newMembersApprovalRequired", false},
	} {
		put("/settings/security/"+c.setting, m{c.member: c.value})
		var setting map[string]bool
		w.get(path+"/settings/security/"+c.setting, &setting)
		if len(setting) != 1 || setting[c.member] != c.value {
			t.Errorf("%s is %v, want %t", c.setting, setting, c.value)
		}
	}
	want := []string{
		"map[subject:Dinner] []", "map[description:At eight] []", "map[description:] []",
		"map[membersCanEditInfo:false] []", "map[membersCanEditInfo:true] []",
		"map[membersCanSendMessages:false] []", "map[membersCanSendMessages:true] []",
		"map[membersCanAddNewMember:false] []", "map[membersCanAddNewMember:true] []",
		"map[newMembersApprovalRequired:true] []", "map[newMembersApprovalRequired:false] []",
	}
	if events := w.groupEvents(chat.EventGroupUpdate); fmt.Sprint(events) != fmt.Sprint(want) {
		t.Errorf("events\n%s\nwant\n%s", strings.Join(events, "\n"), strings.Join(want, "\n"))
	}

	// What others do on their phones takes the same path.
	g.SetTopic(w.bob, "", "From Bob")
	g.SetApproval(w.bob, true)
	w.await("Bob's changes", func() bool {
		show()
		return got.Description == "From Bob" && got.NewMembersApprovalRequired != nil && *got.NewMembersApprovalRequired
	})
}

func TestMembersOfAGroupAreChanged(t *testing.T) {
	w := paired(t)
	g, path := grouped(w)
	w.carol.SetPrivacy("groupadd", "contacts")
	type result struct {
		ID, Role string
		Error    int
		Invited  *string
	}
	change := func(what string, ids ...string) (results []result) {
		t.Helper()
		w.do(http.StatusOK, "POST", path+what, members(ids...), &results)
		return results
	}
	unknown := "19990009999@c.us"
	results := change("/participants/add", carolChat, bobChat, unknown, bobChat)
	if len(results) != 3 || results[0].ID != carolChat || results[0].Error != 403 || results[0].Invited == nil || results[1].Error != 409 || results[2].Error != 404 {
		t.Fatalf("added: %+v", results)
	}
	got, err := w.carol.Expect(w.ctx, func(r simulator.Received) bool { return r.Message.GetGroupInviteMessage() != nil })
	w.ok(err)
	invite := got.Message.GetGroupInviteMessage()
	if invite.GetGroupJID() != g.JID().String() || invite.GetGroupName() != "Lunch" || invite.GetInviteExpiration() == 0 {
		t.Errorf("Carol's invitation: %v", invite)
	}
	if sent := w.arrived(carolChat, got.ID); sent.ID != *results[0].Invited || sent.Body != "Lunch" {
		t.Errorf("the invitation is stored as %+v", sent)
	}
	w.ok(w.carol.AcceptInvitation(g, invite.GetInviteCode()))
	role := func(id string) string {
		var list []struct{ ID, Role string }
		w.get(path+"/participants/v2", &list)
		for _, p := range list {
			if p.ID == id {
				return p.Role
			}
		}
		return ""
	}
	w.await("Carol in the group", func() bool { return role(carolChat) == "participant" })
	for _, c := range []struct{ what, role string }{
		{"/admin/promote", "admin"}, {"/admin/demote", "participant"}, {"/participants/remove", "left"},
	} {
		if results := change(c.what, carolChat); len(results) != 1 || results[0].Role != c.role || results[0].Error != 0 {
			t.Errorf("%s: %+v", c.what, results)
		}
		if want := strings.TrimPrefix(c.role, "left"); role(carolChat) != want {
			t.Errorf("after %s Carol is %q, want %q", c.what, role(carolChat), want)
		}
	}
	if _, member := g.Rank(w.carol); member {
		t.Error("WhatsApp still has Carol in the group")
	}
	if results := change("/participants/remove", carolChat); results[0].Error != 404 {
		t.Errorf("removed twice: %+v", results)
	}
	// Nobody is invited who is not to be.
	before := len(w.carol.Inbox())
	w.do(http.StatusOK, "POST", path+"/participants/add?invite=false", members(carolChat), &results)
	if results[0].Error != 403 || results[0].Invited != nil || len(w.carol.Inbox()) != before {
		t.Errorf("without an invitation: %+v", results)
	}
	want := []string{
		"join map[] [{" + carolChat + " participant}]", "promote map[] [{" + carolChat + " admin}]",
		"demote map[] [{" + carolChat + " participant}]", "leave map[] [{" + carolChat + " left}]",
	}
	if events := w.groupEvents(chat.EventGroupParticipants); fmt.Sprint(events) != fmt.Sprint(want) {
		t.Errorf("events\n%s\nwant\n%s", strings.Join(events, "\n"), strings.Join(want, "\n"))
	}
}

func TestGroupsAreJoinedByCode(t *testing.T) {
	w := paired(t)
	club := w.sim.AddGroup("Club", w.bob)
	var info group
	w.get(groupsPath+"/join-info?code=https://chat.whatsapp.com/"+club.Invite(), &info)
	if info.ID != club.JID().String() || info.Subject != "Club" {
		t.Errorf("the code leads to %+v", info)
	}
	var joined wire.JoinedGroup
	w.do(http.StatusOK, "POST", groupsPath+"/join", m{"code": club.Invite()}, &joined)
	if _, member := club.Rank(w.alice); !member || joined.ID != club.JID().String() || joined.Pending {
		t.Fatalf("joined %+v, %t", joined, member)
	}
	w.get(groupsPath+"/"+joined.ID, &info)
	if len(info.Participants) != 2 || len(w.events(chat.EventGroupJoin)) != 1 {
		t.Errorf("the group that was joined: %+v, %d events", info, len(w.events(chat.EventGroupJoin)))
	}
	refused := func(code, why string) {
		t.Helper()
		status, answer := w.call("POST", groupsPath+"/join", m{"code": code})
		if status != http.StatusUnprocessableEntity || !strings.Contains(string(answer), why) {
			t.Errorf("%s: %d %s", code, status, answer)
		}
	}
	refused(club.Invite(), "in the group already")
	refused("NOSUCHCODE", "no such invite code")
	old := club.Invite()
	club.ResetInvite(w.bob)
	refused(old, "revoked")
	w.await("the new link of the group", func() bool {
		events := w.groupEvents(chat.EventGroupUpdate)
		return len(events) == 1 && strings.Contains(events[0], club.Invite())
	})

	// Where admins approve, joining is a request.
	choir := w.sim.AddGroup("Choir", w.bob)
	choir.SetApproval(w.bob, true)
	w.do(http.StatusOK, "POST", groupsPath+"/join", m{"code": choir.Invite()}, &joined)
	if joined.ID != choir.JID().String() || !joined.Pending {
		t.Errorf("asked to join: %+v", joined)
	}
	if status, _ := w.call("GET", groupsPath+"/"+joined.ID, nil); status != http.StatusNotFound {
		t.Errorf("the group that has not approved: %d", status)
	}
	choir.Approve(w.bob, w.alice)
	w.await("the approval", func() bool {
		status, _ := w.call("GET", groupsPath+"/"+joined.ID, nil)
		return status == http.StatusOK
	})
}

func TestCodesAndRequestsOfAnAdmin(t *testing.T) {
	w := paired(t)
	g, path := grouped(w)
	var code, renewed string
	w.get(path+"/invite-code", &code)
	if code != g.Invite() {
		t.Errorf("the code is %q, want %q", code, g.Invite())
	}
	w.do(http.StatusOK, "POST", path+"/invite-code/revoke", nil, &renewed)
	if renewed == code || renewed != g.Invite() {
		t.Errorf("the new code is %q, want %q", renewed, g.Invite())
	}
	if events := w.groupEvents(chat.EventGroupUpdate); len(events) != 1 || !strings.Contains(events[0], "https://chat.whatsapp.com/"+renewed) {
		t.Errorf("events %v", events)
	}
	w.do(http.StatusOK, "PUT", path+"/settings/security/membership-approval", m{"newMembersApprovalRequired": true}, nil)
	dave := w.sim.AddUser("15550004444", "", "Dave")
	for _, u := range []*simulator.User{w.carol, dave} {
		_, joined, err := u.JoinGroup(renewed)
		w.ok(err)
		if joined {
			t.Error("nobody was asked")
		}
	}
	_, _, err := w.bob.JoinGroup(renewed)
	if err == nil {
		t.Error("Bob joined a group that he is in")
	}
	var requests []wire.JoinRequest
	w.get(path+"/participants/join-requests", &requests)
	if len(requests) != 2 || requests[0].Timestamp == 0 || requests[0].RequesterID == "" {
		t.Fatalf("requests %+v", requests)
	}
	var results []wire.JoinRequestResult
	w.do(http.StatusOK, "POST", path+"/participants/join-requests/approve", members(requests[0].RequesterID, bobChat), &results)
	if len(results) != 2 || !results[0].Success || results[1].Success || results[1].Error != 404 {
		t.Errorf("approved: %+v", results)
	}
	w.do(http.StatusOK, "POST", path+"/participants/join-requests/reject", members(requests[1].RequesterID), &results)
	if len(results) != 1 || !results[0].Success {
		t.Errorf("rejected: %+v", results)
	}
	if _, member := g.Rank(w.carol); !member || len(g.Requests()) != 0 {
		t.Errorf("Carol is a member: %t; requests left: %d", member, len(g.Requests()))
	}
	if _, member := g.Rank(dave); member {
		t.Error("Dave was rejected and is a member")
	}
	if events := w.groupEvents(chat.EventGroupParticipants); len(events) != 1 || !strings.HasPrefix(events[0], "join ") {
		t.Errorf("events %v", events)
	}
	w.await("the events of the requests", func() bool { return len(w.events(chat.EventGroupJoinRequest)) == 3 })
	var actions []string
	for _, e := range decoded[wire.JoinRequestEvent](w, chat.EventGroupJoinRequest) {
		actions = append(actions, fmt.Sprint(e.Action, " ", e.RequesterID))
	}
	if want := []string{"created " + carolChat, "created 15550004444@c.us", "rejected 15550004444@c.us"}; !slices.Equal(actions, want) {
		t.Errorf("requests %v, want %v", actions, want)
	}
}

func TestPicturesOfGroups(t *testing.T) {
	w := paired(t)
	_, path := grouped(w)
	set := func(data string) (int, []byte) {
		return w.call("PUT", path+"/picture", m{"file": m{"mimetype": "image/png", "data": data}})
	}
	url := func() *string {
		var p wire.Picture
		w.get(path+"/picture", &p)
		return p.URL
	}
	if url() != nil {
		t.Error("a picture that nobody has set")
	}
	if status, answer := set(png(t)); status != http.StatusOK || string(answer) != `{"success":true}` {
		t.Fatalf("%d %s", status, answer)
	}
	w.await("the picture", func() bool { return url() != nil })
	if status, answer := set(base64.StdEncoding.EncodeToString([]byte("no picture"))); status != http.StatusUnprocessableEntity || !strings.Contains(string(answer), "not a picture") {
		t.Errorf("%d %s", status, answer)
	}
	w.do(http.StatusOK, "DELETE", path+"/picture", nil, nil)
	w.await("that it is gone", func() bool { return url() == nil })
}

func TestGroupsThatTheAccountLeaves(t *testing.T) {
	w := paired(t)
	g, path := grouped(w)
	_, err := w.bob.SendGroupText(w.ctx, g, "hello")
	w.ok(err)
	w.await("Bob's message", func() bool { return w.chats("")[g.JID().String()].Timestamp > 0 })
	w.do(http.StatusOK, "DELETE", path, nil, nil)
	if _, member := g.Rank(w.alice); member {
		t.Error("Alice is still in the group")
	}
	gone := func(what string) {
		t.Helper()
		status, _ := w.call("GET", path, nil)
		var n struct{ Count int }
		w.get(groupsPath+"/count", &n)
		if status != http.StatusNotFound || n.Count != 0 {
			t.Errorf("%s: %d, %d groups", what, status, n.Count)
		}
	}
	gone("deleted")
	if _, listed := w.chats("")[g.JID().String()]; listed {
		t.Error("the chat is still there")
	}
	if n := len(w.events(chat.EventGroupLeave)); n != 1 {
		t.Errorf("%d events", n)
	}
	if status, _ := w.call("DELETE", path, nil); status != http.StatusNotFound {
		t.Errorf("deleted twice: %d", status)
	}

	g.Add(w.bob, w.alice)
	w.await("the group again", func() bool { status, _ := w.call("GET", path, nil); return status == http.StatusOK })
	g.Remove(w.bob, w.alice)
	w.await("the removal", func() bool { return len(w.events(chat.EventGroupLeave)) == 2 })
	gone("removed by Bob")
}

// What WhatsApp refuses is told with its reason, and what is no group or no person
// never reaches it.
func TestWhatCannotBeDoneWithGroups(t *testing.T) {
	w := paired(t)
	g := w.sim.AddGroup("Team", w.bob, w.alice)
	path := groupsPath + "/" + g.JID().String()
	w.await("the group", func() bool { status, _ := w.call("GET", path, nil); return status == http.StatusOK })
	g.SetLocked(w.bob, true)
	long := strings.Repeat("x", 1<<19)
	for _, c := range []struct {
		method, path string
		body         any
		status       int
		why          string
	}{
		{"PUT", path + "/subject", m{"subject": "Mine"}, 422, "not an admin"},
		{"PUT", path + "/description", m{"description": "Mine"}, 422, "not an admin"},
		{"PUT", path + "/settings/security/info-admin-only", m{"adminsOnly": false}, 422, "not an admin"},
		{"GET", path + "/invite-code", nil, 422, "not an admin"},
		{"POST", path + "/invite-code/revoke", nil, 422, "not an admin"},
		{"POST", path + "/participants/remove", members(bobChat), 422, "not an admin"},
		{"POST", path + "/admin/promote", members(bobChat), 422, "not an admin"},
		{"GET", path + "/participants/join-requests", nil, 422, "not an admin"},
		{"DELETE", path + "/picture", nil, 422, "not an admin"},
		{"PUT", path + "/subject", m{}, 400, "subject should not be empty"},
		{"PUT", path + "/subject", m{"subject": long}, 400, "subject"},
		{"PUT", path + "/description", m{}, 400, "description must be a string"},
		{"PUT", path + "/description", m{"description": long}, 400, "description"},
		{"PUT", path + "/settings/security/messages-admin-only", m{"adminsOnly": "maybe"}, 400, "adminsOnly must be a boolean"},
		{"POST", path + "/participants/add", members(), 400, "participants should not be empty"},
		{"POST", path + "/participants/add", members(g.JID().String()), 400, "must be a person's ID"},
		{"POST", path + "/participants/add", m{"participants": []any{bobChat}}, 400, "must be an object"},
		{"POST", groupsPath, m{"name": "x", "participants": []m{{"id": "\x00"}}}, 400, "participants"},
		{"POST", groupsPath, m{"name": strings.Repeat("x", 200), "participants": []m{{"id": bobChat}}}, 422, "too long"},
		{"POST", groupsPath + "/join", m{"code": "https://evil.example/" + g.Invite()}, 400, "must be an invite code"},
		{"POST", groupsPath + "/join", m{"code": long}, 400, "must be an invite code"},
		{"GET", groupsPath + "/join-info?code=", nil, 400, "code"},
		{"PUT", groupsPath + "/" + bobChat + "/subject", m{"subject": "x"}, 400, "must be a group ID"},
		{"PUT", groupsPath + "/120363999999999999@g.us/subject", m{"subject": "x"}, 404, "Group not found"},
		{"DELETE", groupsPath + "/120363999999999999@g.us", nil, 404, "Group not found"},
		{"PUT", path + "/picture", m{"file": m{}}, 400, "file"},
	} {
		status, answer := w.call(c.method, c.path, c.body)
		if status != c.status || !strings.Contains(string(answer), c.why) {
			t.Errorf("%s %.80s: %d %.200s, want %d %q", c.method, c.path, status, answer, c.status, c.why)
		}
	}
	if g.Subject() != "Team" || len(g.Members()) != 2 {
		t.Errorf("the group is now %q of %d", g.Subject(), len(g.Members()))
	}
}
