package session

import (
	"context"
	"errors"

	"github.com/wasession/wasession/runtime/chat"
)

// RefreshGroups reads all groups of the account again.
func (s *Session) RefreshGroups(ctx context.Context) error {
	return s.ask(ctx, s.account.ReadGroups)
}

// LeaveGroup leaves a group and keeps the chat, as the phone does.
func (s *Session) LeaveGroup(ctx context.Context, id chat.ID) error {
	return s.ask(ctx, func(ctx context.Context) error { return s.account.LeaveGroup(ctx, id) })
}

// DeleteGroup leaves a group and deletes its chat, here and on the phone.
func (s *Session) DeleteGroup(ctx context.Context, id chat.ID) error {
	if err := s.LeaveGroup(ctx, id); err != nil {
		return err
	}
	err := s.DeleteChat(ctx, id)
	if errors.Is(err, chat.ErrNotFound) {
		return nil // nobody has written in it
	}
	return err
}

// EditGroup changes a property of a group.
func (s *Session) EditGroup(ctx context.Context, id chat.ID, edit chat.GroupEdit) error {
	return s.ask(ctx, func(ctx context.Context) error { return s.account.EditGroup(ctx, id, edit) })
}

// SetGroupPicture replaces a group's picture with the image in a file; an empty path
// removes it.
func (s *Session) SetGroupPicture(ctx context.Context, id chat.ID, path string) error {
	return s.ask(ctx, func(ctx context.Context) error { return s.account.SetGroupPicture(ctx, id, path) })
}

// CreateGroup creates a group, and invites those who cannot be added to it. It returns
// the group, and what became of each person.
func (s *Session) CreateGroup(ctx context.Context, subject string, who []chat.ID) (g chat.Group, results []chat.MemberResult, err error) {
	err = s.ask(ctx, func(ctx context.Context) error {
		g, results, err = s.account.CreateGroup(ctx, subject, who)
		return err
	})
	if err != nil {
		return g, nil, err
	}
	s.invite(ctx, g, results)
	return g, results, nil
}

// ChangeMembers adds, removes, promotes or demotes members of a group. With invite it
// sends an invitation to those who cannot be added.
func (s *Session) ChangeMembers(ctx context.Context, g chat.Group, action chat.GroupAction, who []chat.ID, invite bool) (results []chat.MemberResult, err error) {
	err = s.ask(ctx, func(ctx context.Context) error {
		results, err = s.account.ChangeMembers(ctx, g.ID, action, who)
		return err
	})
	if err == nil && invite {
		s.invite(ctx, g, results)
	}
	return results, err
}

// invite sends the invitations among the results. One that cannot be sent stays in them
// without a message.
func (s *Session) invite(ctx context.Context, g chat.Group, results []chat.MemberResult) {
	for i := range results {
		r := &results[i]
		if r.Invite == nil {
			continue
		}
		r.Invite.Subject = g.Subject
		m, err := s.Send(ctx, chat.Outgoing{To: r.ID, Content: chat.OutgoingGroupInvite{Invite: *r.Invite}})
		if err != nil && !errors.Is(err, chat.ErrUnanswered) {
			s.log.Warn("Failed to send an invitation to a group", "error", err)
			continue
		}
		r.Invited = &m
	}
}

// InviteLink returns the link by which people join a group, or makes a new one.
func (s *Session) InviteLink(ctx context.Context, id chat.ID, renew bool) (link string, err error) {
	err = s.ask(ctx, func(ctx context.Context) error {
		link, err = s.account.InviteLink(ctx, id, renew)
		return err
	})
	return link, err
}

// GroupOfInvite returns the group that an invite code leads to.
func (s *Session) GroupOfInvite(ctx context.Context, code string) (g chat.Group, err error) {
	err = s.ask(ctx, func(ctx context.Context) error {
		g, err = s.account.GroupOfInvite(ctx, code)
		return err
	})
	return g, err
}

// JoinGroup joins a group by its invite code; joined is false if admins have to approve
// that first.
func (s *Session) JoinGroup(ctx context.Context, code string) (id chat.ID, joined bool, err error) {
	err = s.ask(ctx, func(ctx context.Context) error {
		id, joined, err = s.account.JoinGroup(ctx, code)
		return err
	})
	return id, joined, err
}

// JoinRequests lists the people who have asked to join a group.
func (s *Session) JoinRequests(ctx context.Context, id chat.ID) (requests []chat.JoinRequest, err error) {
	err = s.ask(ctx, func(ctx context.Context) error {
		requests, err = s.account.JoinRequests(ctx, id)
		return err
	})
	return requests, err
}

// AnswerJoinRequests approves or rejects requests to join a group.
func (s *Session) AnswerJoinRequests(ctx context.Context, id chat.ID, approve bool, who []chat.ID) (results []chat.MemberResult, err error) {
	err = s.ask(ctx, func(ctx context.Context) error {
		results, err = s.account.AnswerJoinRequests(ctx, id, approve, who)
		return err
	})
	return results, err
}
