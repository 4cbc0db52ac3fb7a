package httpapi

import (
	"fmt"
	"testing"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
)

func TestContactsAsTheStoreHasThem(t *testing.T) {
	s := newServer(t)
	s.live.status = v1.Status{Me: &v1.Me{ID: "15550000009@c.us"}}
	s.apply(
		chat.LIDMapped{LID: "77@lid", Phone: "15550000001@c.us"},
		chat.ContactNamed{ID: "15550000001@c.us", Name: "Bob", PushName: "bobby"},
		chat.ContactNamed{ID: "88@lid", PushName: "Zoe"},
		chat.ContactNamed{ID: "15550000009@c.us", BusinessName: "Acme"},
	)
	const bob = `{"id":"15550000001@c.us","lid":"77@lid","number":"15550000001","name":"Bob","pushname":"bobby","shortName":"Bob",
		"businessName":null,"isMe":false,"isGroup":false,"isBusiness":false,"isMyContact":true,"isWAContact":true}`
	const zoe = `{"id":"88@lid","lid":"88@lid","number":null,"name":null,"pushname":"Zoe","shortName":"Zoe",
		"businessName":null,"isMe":false,"isGroup":false,"isBusiness":false,"isMyContact":false,"isWAContact":true}`
	const acme = `{"id":"15550000009@c.us","lid":null,"number":"15550000009","name":null,"pushname":null,"shortName":"Acme",
		"businessName":"Acme","isMe":true,"isGroup":false,"isBusiness":true,"isMyContact":false,"isWAContact":true}`
	for path, want := range map[string]string{
		"/api/contacts/all?session=default":                        "[" + bob + "," + acme + "," + zoe + "]",
		"/api/contacts/all?sortBy=name":                            "[" + acme + "," + bob + "," + zoe + "]",
		"/api/contacts/all?sortBy=name&sortOrder=desc":             "[" + zoe + "," + bob + "," + acme + "]",
		"/api/contacts/all?sortBy=name&limit=1&offset=1":           "[" + bob + "]",
		"/api/contacts/all?offset=9":                               "[]",
		"/api/contacts?session=default&contactId=15550000001@c.us": bob,
		"/api/contacts?contactId=77@lid":                           bob,
		"/api/default/contacts/15550000001":                        bob,
		"/api/default/contacts/88%40lid":                           zoe,
		"/api/contacts?contactId=1": `{"id":"1@c.us","lid":null,"number":"1","name":null,"pushname":null,"shortName":null,
			"businessName":null,"isMe":false,"isGroup":false,"isBusiness":false,"isMyContact":false,"isWAContact":true}`,
	} {
		assertJSON(t, s.request("GET", path, ""), 200, want)
	}
}

func TestGroupsAsTheStoreHasThem(t *testing.T) {
	s := newServer(t)
	yes, no := true, false
	s.apply(
		chat.GroupChanged{Group: chat.Group{
			ID: "1203@g.us", Subject: "Lunch", Description: "Where", Owner: "15550000001@c.us", CreatedAt: 5,
			Announce: &yes, Locked: &no, MembersAdd: &yes, Approval: &no,
			Participants: []chat.Participant{{ID: "15550000001@c.us", Role: "superadmin"}, {ID: "88@lid", LID: "88@lid"}},
		}},
		chat.GroupChanged{Group: chat.Group{ID: "1204@g.us", Subject: "Choir"}},
	)
	const (
		members = `[{"id":"15550000001@c.us","pn":"15550000001@c.us","role":"superadmin"},{"id":"88@lid","role":"participant"}]`
		bob     = `"JID":"15550000001@s.whatsapp.net","PhoneNumber":"15550000001@s.whatsapp.net","LID":"","IsAdmin":true,"IsSuperAdmin":true`
		zoe     = `"JID":"88@lid","PhoneNumber":"","LID":"88@lid","IsAdmin":false,"IsSuperAdmin":false`
		both    = `[{"id":"15550000001@c.us","pn":"15550000001@c.us","role":"superadmin",` + bob + `},{"id":"88@lid","role":"participant",` + zoe + `}]`
	)
	const lunchHead = `{"id":"1203@g.us","subject":"Lunch","description":"Where","owner":"15550000001@c.us","createdAt":5,
		"membersCanAddNewMember":true,"membersCanSendMessages":false,"newMembersApprovalRequired":false,"membersCanEditInfo":true,
		"participantsCount":2,"JID":"1203@g.us","OwnerJID":"15550000001@s.whatsapp.net","OwnerPN":"15550000001@s.whatsapp.net","Name":"Lunch","Topic":"Where",
		"GroupCreated":"1970-01-01T00:00:05Z","IsLocked":false,"IsAnnounce":true,"IsJoinApprovalRequired":false`
	const lunch = lunchHead + `,"participants":` + members + `,"Participants":[{` + bob + `},{` + zoe + `}]}`
	const choirHead = `{"id":"1204@g.us","subject":"Choir","description":"","owner":null,"createdAt":0,"membersCanAddNewMember":null,
		"membersCanSendMessages":null,"newMembersApprovalRequired":null,"membersCanEditInfo":null,"participantsCount":0,
		"JID":"1204@g.us","OwnerJID":"","OwnerPN":"","Name":"Choir","Topic":"","GroupCreated":"1970-01-01T00:00:00Z","IsLocked":false,"IsAnnounce":false,"IsJoinApprovalRequired":false`
	const choir = choirHead + `,"participants":[],"Participants":[]}`
	for path, want := range map[string]string{
		"/api/default/groups": "[" + lunch + "," + choir + "]",
		"/api/default/groups?sortBy=subject&exclude=participants": "[" + choirHead + "}," + lunchHead + "}]",
		"/api/default/groups?sortOrder=desc&limit=1":              "[" + choir + "]",
		"/api/default/groups/count":                               `{"count":2}`,
		"/api/default/groups/1203@g.us":                           lunch,
		"/api/default/groups/1203%40g.us/participants":            both,
		"/api/default/groups/1204@g.us/participants/v2":           "[]",
	} {
		assertJSON(t, s.request("GET", path, ""), 200, want)
	}
	const missing = `{"message":"Group not found","error":"Not Found","statusCode":404}`
	assertJSON(t, s.request("GET", "/api/default/groups/9@g.us", ""), 404, missing)
	assertJSON(t, s.request("POST", "/api/default/groups/9@g.us/leave", ""), 404, missing)
	s.expect(s.request("POST", "/api/default/groups/1203@g.us/leave", ""), 200, nil)
	s.expect(s.request("POST", "/api/default/groups/refresh", ""), 200, nil)
	if done := s.live.done(); done != "leave 1203@g.us\nrefresh groups" {
		t.Errorf("done: %s", done)
	}
}

func TestLIDsAsTheStoreHasThem(t *testing.T) {
	s := newServer(t)
	s.apply(chat.LIDMapped{LID: "77@lid", Phone: "15550000001@c.us"}, chat.LIDMapped{LID: "78@lid", Phone: "15550000002@c.us"})
	for path, want := range map[string]string{
		"/api/default/lids":                  `[{"lid":"77@lid","pn":"15550000001@c.us"},{"lid":"78@lid","pn":"15550000002@c.us"}]`,
		"/api/default/lids?limit=1&offset=1": `[{"lid":"78@lid","pn":"15550000002@c.us"}]`,
		"/api/default/lids?offset=2":         `[]`,
		"/api/default/lids/count":            `{"count":2}`,
		"/api/default/lids/77%40lid":         `{"lid":"77@lid","pn":"15550000001@c.us"}`,
		"/api/default/lids/5":                `{"lid":"5@lid","pn":null}`,
		"/api/default/lids/pn/15550000002":   `{"lid":"78@lid","pn":"15550000002@c.us"}`,
		"/api/default/lids/pn/1":             `{"lid":null,"pn":"1@c.us"}`,
	} {
		assertJSON(t, s.request("GET", path, ""), 200, want)
	}
}

// A list of groups is read a few at a time, and is the same as at once.
func TestListsOfManyGroupsAreWhole(t *testing.T) {
	s := newServer(t)
	const groups = 3*groupsAtOnce + 1
	var changes []chat.Change
	for i := range groups {
		changes = append(changes, chat.GroupChanged{Group: chat.Group{ID: chat.ID(fmt.Sprintf("%d@g.us", 1000+i)), Subject: fmt.Sprint("G", i)}})
	}
	s.apply(changes...)
	for query, want := range map[string]int{
		"": groups, "?limit=0": groups, "?limit=8": 8, "?limit=16": 16, "?limit=9&offset=3": 9, "?offset=20": groups - 20, "?limit=100": groups, "?offset=99": 0,
	} {
		var all []struct{ ID any }
		s.get("/api/default/groups"+query, &all)
		if len(all) != want {
			t.Errorf("%s: %d groups, want %d", query, len(all), want)
		}
	}
}
