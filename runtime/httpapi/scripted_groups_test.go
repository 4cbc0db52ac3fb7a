package httpapi

import (
	"context"

	"github.com/wasession/wasession/runtime/chat"
)

func (s *scripted) RefreshGroups(context.Context) error { return s.did("refresh groups") }

func (s *scripted) LeaveGroup(_ context.Context, id chat.ID) error { return s.did("leave %s", id) }

func (s *scripted) DeleteGroup(_ context.Context, id chat.ID) error {
	return s.did("delete group %s", id)
}

func (s *scripted) EditGroup(_ context.Context, id chat.ID, edit chat.GroupEdit) error {
	c := edit.Changed(id, "", codeUntil)
	return s.did("edit %s %q %q %s%s%s%s", id, c.Group.Subject, c.Group.Description,
		onOff("announce", edit.Announce), onOff("locked", edit.Locked), onOff("add", edit.MembersAdd), onOff("approval", edit.Approval))
}

func onOff(name string, b *bool) string {
	switch {
	case b == nil:
		return ""
	case *b:
		return name + " on"
	}
	return name + " off"
}

func (s *scripted) SetGroupPicture(_ context.Context, id chat.ID, path string) error {
	return s.did("picture of %s %t", id, path != "")
}

func (s *scripted) CreateGroup(_ context.Context, subject string, who []chat.ID) (chat.Group, []chat.MemberResult, error) {
	return chat.Group{ID: "1209@g.us", Subject: subject}, s.results(who), s.did("create %q %v", subject, who)
}

func (s *scripted) ChangeMembers(_ context.Context, g chat.Group, action chat.GroupAction, who []chat.ID, invite bool) ([]chat.MemberResult, error) {
	return s.results(who), s.did("%s %s %v %t", action, g.ID, who, invite)
}

func (s *scripted) results(who []chat.ID) (results []chat.MemberResult) {
	for _, id := range who {
		results = append(results, chat.MemberResult{Participant: chat.Participant{ID: id}})
	}
	return results
}

func (s *scripted) InviteLink(_ context.Context, id chat.ID, renew bool) (string, error) {
	return "https://chat.whatsapp.com/CODE", s.did("link %s %t", id, renew)
}

func (s *scripted) GroupOfInvite(_ context.Context, code string) (chat.Group, error) {
	return chat.Group{ID: "1209@g.us", Subject: "Open"}, s.did("look at %s", code)
}

func (s *scripted) JoinGroup(_ context.Context, code string) (chat.ID, bool, error) {
	return "1209@g.us", true, s.did("join %s", code)
}

func (s *scripted) JoinRequests(_ context.Context, id chat.ID) ([]chat.JoinRequest, error) {
	return []chat.JoinRequest{{ID: "15550002222@c.us", At: testNow}}, s.did("requests of %s", id)
}

func (s *scripted) AnswerJoinRequests(_ context.Context, id chat.ID, approve bool, who []chat.ID) ([]chat.MemberResult, error) {
	return s.results(who), s.did("answer %s %t %v", id, approve, who)
}
