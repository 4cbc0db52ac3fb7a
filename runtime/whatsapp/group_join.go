package whatsapp

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.mau.fi/whatsmeow"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/whatsapp/jid"
)

// CreateGroup creates a group. People who could not be added have a Code in results.
func (a *Account) CreateGroup(ctx context.Context, subject string, who []chat.ID) (g chat.Group, results []chat.MemberResult, err error) {
	err = a.changeGroup(ctx, "creating the group", func(c *whatsmeow.Client) (chat.GroupChanged, error) {
		info, err := c.CreateGroup(ctx, whatsmeow.ReqCreateGroup{Name: subject, Participants: jids(who)})
		if err != nil {
			return chat.GroupChanged{}, groupFailure(err)
		}
		m := a.mapper()
		results = m.results(jid.ChatID(info.JID), info.Participants)
		members := info.Participants[:0]
		for _, p := range info.Participants {
			if p.Error == 0 {
				members = append(members, p)
			}
		}
		info.Participants = members
		g = m.group(info)
		return chat.GroupChanged{Group: g, Event: chat.EventGroupJoin, Author: a.Me().ID, Timestamp: g.CreatedAt}, nil
	})
	return g, results, err
}

// InviteLink returns the link by which people join a group, or makes a new one; the old
// one no longer works then.
func (a *Account) InviteLink(ctx context.Context, id chat.ID, renew bool) (link string, err error) {
	err = a.changeGroup(ctx, "getting the invite code", func(c *whatsmeow.Client) (chat.GroupChanged, error) {
		link, err = c.GetGroupInviteLink(ctx, jid.Of(id), renew)
		if err != nil {
			return chat.GroupChanged{}, groupFailure(err)
		}
		if !renew {
			return chat.GroupChanged{}, nil
		}
		return chat.GroupChanged{
			Group: chat.Group{ID: id, Invite: link}, Event: chat.EventGroupUpdate, Author: a.Me().ID, Timestamp: time.Now().Unix(),
		}, nil
	})
	return link, err
}

// GroupOfInvite returns the group that an invite code leads to, as far as WhatsApp shows
// it to people who are not in it.
func (a *Account) GroupOfInvite(ctx context.Context, code string) (chat.Group, error) {
	c, err := a.online()
	if err != nil {
		return chat.Group{}, err
	}
	info, err := c.GetGroupInfoFromLink(ctx, code)
	if err != nil {
		return chat.Group{}, fmt.Errorf("reading the invite code: %w", inviteFailure(err))
	}
	return a.mapper().group(info), nil
}

// JoinGroup joins a group by its invite code. Where admins approve new members it only
// asks to join: joined is false then.
func (a *Account) JoinGroup(ctx context.Context, code string) (id chat.ID, joined bool, err error) {
	err = a.changeGroup(ctx, "joining the group", func(c *whatsmeow.Client) (chat.GroupChanged, error) {
		group, err := c.JoinGroupWithLink(ctx, code)
		if err != nil {
			return chat.GroupChanged{}, inviteFailure(err)
		}
		id = jid.ChatID(group)
		info, err := c.GetGroupInfo(ctx, group)
		if errors.Is(err, whatsmeow.ErrNotInGroup) {
			return chat.GroupChanged{}, nil
		}
		joined = true
		if err != nil {
			a.log.Warn("Failed to read a group that was joined", "error", failure(err))
			return chat.GroupChanged{Group: chat.Group{ID: id}, Event: chat.EventGroupJoin, Author: a.Me().ID, Timestamp: time.Now().Unix()}, nil
		}
		return chat.GroupChanged{Group: a.mapper().group(info), Event: chat.EventGroupJoin, Author: a.Me().ID, Timestamp: time.Now().Unix()}, nil
	})
	return id, joined, err
}
