package whatsapp

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/types"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/whatsapp/jid"
)

// memberChanges are WhatsApp's names of what can be done to members.
var memberChanges = map[chat.GroupAction]whatsmeow.ParticipantChange{
	chat.GroupAdd: whatsmeow.ParticipantChangeAdd, chat.GroupRemove: whatsmeow.ParticipantChangeRemove,
	chat.GroupPromote: whatsmeow.ParticipantChangePromote, chat.GroupDemote: whatsmeow.ParticipantChangeDemote,
}

// ChangeMembers adds, removes, promotes or demotes members of a group. WhatsApp decides
// for each of them.
func (a *Account) ChangeMembers(ctx context.Context, id chat.ID, action chat.GroupAction, who []chat.ID) (results []chat.MemberResult, err error) {
	what := map[chat.GroupAction]string{
		chat.GroupAdd: "adding members", chat.GroupRemove: "removing members",
		chat.GroupPromote: "promoting members", chat.GroupDemote: "demoting members",
	}[action]
	err = a.changeGroup(ctx, what, func(c *whatsmeow.Client) (chat.GroupChanged, error) {
		answer, err := c.UpdateGroupParticipants(ctx, jid.Of(id), jids(who), memberChanges[action])
		if err != nil {
			return chat.GroupChanged{}, groupFailure(err)
		}
		results = a.mapper().results(id, answer)
		return a.membersChanged(id, action, results), nil
	})
	return results, err
}

// membersChanged is the change of those members that WhatsApp changed.
func (a *Account) membersChanged(id chat.ID, action chat.GroupAction, results []chat.MemberResult) chat.GroupChanged {
	me := a.Me().ID
	c := chat.GroupChanged{Group: chat.Group{ID: id}, Action: action, Author: me, Timestamp: time.Now().Unix()}
	for _, r := range results {
		if r.Code != 0 || r.ID == "" {
			continue
		}
		c.Event = chat.EventGroupParticipants
		c.Participants = append(c.Participants, r.ID)
	}
	if action == chat.GroupRemove && len(c.Participants) == 1 && c.Participants[0] == me {
		c.Event = chat.EventGroupLeave
	}
	return c
}

// results translates what became of each member.
func (m mapper) results(group chat.ID, answer []types.GroupParticipant) []chat.MemberResult {
	results := make([]chat.MemberResult, 0, len(answer))
	for _, p := range answer {
		r := chat.MemberResult{Participant: m.participant(p), Code: p.Error}
		if p.Error == http.StatusForbidden && p.AddRequest != nil {
			r.Invite = &chat.GroupInvite{Group: group, Code: p.AddRequest.Code, Until: unix(p.AddRequest.Expiration)}
		}
		results = append(results, r)
	}
	return results
}

// JoinRequests lists the people who have asked to join a group.
func (a *Account) JoinRequests(ctx context.Context, id chat.ID) ([]chat.JoinRequest, error) {
	c, err := a.online()
	if err != nil {
		return nil, err
	}
	answer, err := c.GetGroupRequestParticipants(ctx, jid.Of(id))
	if err != nil {
		return nil, fmt.Errorf("listing the requests to join: %w", groupFailure(err))
	}
	m := a.mapper()
	requests := make([]chat.JoinRequest, 0, len(answer))
	for _, r := range answer {
		p := m.participant(types.GroupParticipant{JID: r.JID})
		requests = append(requests, chat.JoinRequest{ID: p.ID, At: unix(r.RequestedAt)})
	}
	return requests, nil
}

// AnswerJoinRequests approves or rejects requests to join a group.
func (a *Account) AnswerJoinRequests(ctx context.Context, id chat.ID, approve bool, who []chat.ID) (results []chat.MemberResult, err error) {
	answer := whatsmeow.ParticipantChangeReject
	if approve {
		answer = whatsmeow.ParticipantChangeApprove
	}
	err = a.changeGroup(ctx, "answering requests to join", func(c *whatsmeow.Client) (chat.GroupChanged, error) {
		done, err := c.UpdateGroupRequestParticipants(ctx, jid.Of(id), jids(who), answer)
		if err != nil {
			return chat.GroupChanged{}, groupFailure(err)
		}
		results = a.mapper().results(id, done)
		if !approve {
			return chat.GroupChanged{}, nil
		}
		return a.membersChanged(id, chat.GroupAdd, results), nil
	})
	return results, err
}

func jids(ids []chat.ID) []types.JID {
	all := make([]types.JID, len(ids))
	for i, id := range ids {
		all[i] = jid.Of(id)
	}
	return all
}
