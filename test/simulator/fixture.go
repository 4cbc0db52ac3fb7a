package simulator

import (
	"context"
	"time"

	"go.mau.fi/whatsmeow/types"

	"github.com/wasession/wasession/test/simulator/history"
)

// Populate gives the account a made-up past: its people and groups become
// accounts and groups of the Server, and the phone has its history. Companions
// linked from now on get it. Nobody is notified of the groups, which count as
// old.
func (u *User) Populate(ctx context.Context, account *history.Account) error {
	for person := range account.People() {
		u.srv.AddUser(person.PN.User, person.LID.User, person.Name)
	}
	for group := range account.Groups() {
		u.srv.addOldGroup(group)
	}
	return u.SetHistory(ctx, account)
}

// addOldGroup adds a group of the history.
func (s *Server) addOldGroup(chat history.Chat) {
	created := chat.LastActivity.Add(-30 * 24 * time.Hour).Unix()
	info := groupInfo{
		Subject: chat.Name, SubjectTime: created, Created: created,
		Mode: string(types.AddressingModePN), AddMode: string(types.GroupMemberAddModeAllMember),
		Invite: newInvite(), Version: 1,
	}
	for _, participant := range chat.Participants {
		member := s.UserByJID(participant.ID)
		if member == nil {
			continue
		}
		if participant.ID.Server == types.HiddenUserServer {
			info.Mode = string(types.AddressingModeLID)
		}
		rank := RankMember
		if participant.Admin {
			rank = RankAdmin
		}
		info.Members = append(info.Members, groupMember{PN: member.pn.User, Rank: rank})
	}
	if len(info.Members) > 0 {
		info.Creator, info.SubjectOwner = info.Members[0].PN, info.Members[0].PN
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, known := s.groups[chat.ID.User]; !known { // it may come from the state file
		s.restoreGroup(chat.ID.User, info)
	}
}
