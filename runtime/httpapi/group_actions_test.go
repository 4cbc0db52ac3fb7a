package httpapi

import (
	"strings"
	"testing"

	"github.com/wasession/wasession/runtime/chat"
)

func TestInviteCodes(t *testing.T) {
	for text, want := range map[string]string{
		"AbC_12-x": "AbC_12-x", " AbC ": "AbC", "https://chat.whatsapp.com/AbC": "AbC", "http://chat.whatsapp.com/AbC/": "AbC",
		"chat.whatsapp.com/AbC?mode=ac_t": "AbC", "https://chat.whatsapp.com/invite/AbC": "AbC",
		"": "", "https://chat.whatsapp.com/": "", "https://evil.example/AbC": "", "A b": "", "\x00": "", "ä": "", strings.Repeat("x", 65): "",
	} {
		var code inviteCode
		if err := code.UnmarshalText([]byte(text)); string(code) != want || (err == nil) != (want != "") {
			t.Errorf("%q is %q, %v", text, code, err)
		}
	}
}

// What goes on to WhatsApp of each call.
func TestGroupCalls(t *testing.T) {
	s := newServer(t)
	s.apply(chat.GroupChanged{Group: chat.Group{ID: "1203@g.us", Subject: "Lunch", Locked: new(true), Approval: new(true)}})
	const at, some = "/api/default/groups/1203@g.us", `{"participants":[{"id":"15550002222"},{"id":"+15550002222@c.us"},{"id":"77@lid"}]}`
	for _, c := range []struct{ method, path, body, did, answer string }{
		{"POST", "/api/default/groups", `{"name":"New","participants":[]}`, `create "New" []`, `"subject":"New"`},
		{"DELETE", at, "", "delete group 1203@g.us", `{"success":true}`},
		{"PUT", at + "/subject", `{"subject":"Dinner"}`, `edit 1203@g.us "Dinner" "" `, `{"success":true}`},
		{"PUT", at + "/description", `{"description":"At eight"}`, `edit 1203@g.us "" "At eight" `, `{"success":true}`},
		{"PUT", at + "/settings/security/info-admin-only", `{"adminsOnly":false}`, `edit 1203@g.us "" "" locked off`, `{"success":true}`},
		{"PUT", at + "/settings/security/messages-admin-only", `{"adminsOnly":"true"}`, `edit 1203@g.us "" "" announce on`, `{"success":true}`},
		{"PUT", at + "/settings/security/member-add-mode", `{"membersCanAddNewMember":true}`, `edit 1203@g.us "" "" add on`, `{"success":true}`},
		{"PUT", at + "/settings/security/membership-approval", `{"newMembersApprovalRequired":true}`, `edit 1203@g.us "" "" approval on`, `{"success":true}`},
		{"GET", at + "/settings/security/info-admin-only", "", "", `{"adminsOnly":true}`},
		{"GET", at + "/settings/security/messages-admin-only", "", "", `{"adminsOnly":false}`},
		{"GET", at + "/settings/security/membership-approval", "", "", `{"newMembersApprovalRequired":true}`},
		{"GET", at + "/invite-code", "", "link 1203@g.us false", `"CODE"`},
		{"POST", at + "/invite-code/revoke", "", "link 1203@g.us true", `"CODE"`},
		{"GET", "/api/default/groups/join-info?code=CODE", "", "look at CODE", `"Name":"Open"`},
		{"POST", "/api/default/groups/join", `{"code":"chat.whatsapp.com/CODE"}`, "join CODE", `{"id":"1209@g.us","pending":false}`},
		{"POST", at + "/participants/add", some, "add 1203@g.us [15550002222@c.us 77@lid] true", `"Error":0`},
		{"POST", at + "/participants/add?invite=false", some, "add 1203@g.us [15550002222@c.us 77@lid] false", `"invited":null`},
		{"POST", at + "/participants/remove", some, "remove 1203@g.us [15550002222@c.us 77@lid] false", `"role":"left"`},
		{"POST", at + "/admin/promote", some, "promote 1203@g.us [15550002222@c.us 77@lid] false", `"role":"admin"`},
		{"POST", at + "/admin/demote", some, "demote 1203@g.us [15550002222@c.us 77@lid] false", `"role":"participant"`},
		{"GET", at + "/participants/join-requests", "", "requests of 1203@g.us", `"requesterId":"15550002222@c.us"`},
		{"POST", at + "/participants/join-requests/approve", some, "answer 1203@g.us true [15550002222@c.us 77@lid]", `"success":true`},
		{"POST", at + "/participants/join-requests/reject", some, "answer 1203@g.us false [15550002222@c.us 77@lid]", `"success":true`},
		{"DELETE", at + "/picture", "", "picture of 1203@g.us false", `{"success":true}`},
		{"PUT", at + "/picture", `{"file":{"data":"AAAA"}}`, "picture of 1203@g.us true", `{"success":true}`},
	} {
		w := s.request(c.method, c.path, c.body)
		if w.Code/100 != 2 || s.live.last() != c.did || !strings.Contains(w.Body.String(), c.answer) {
			t.Errorf("%s %s: %d %s, did %q", c.method, c.path, w.Code, w.Body, s.live.last())
		}
	}
	s.assertNoFiles()
}
