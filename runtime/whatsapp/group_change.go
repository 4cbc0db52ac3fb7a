package whatsapp

import (
	"context"
	"fmt"
	"time"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/types"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/whatsapp/jid"
)

// changeGroup changes a group and returns once the change is stored. do makes it and
// returns it; a change without an event is none. what names it in errors.
func (a *Account) changeGroup(ctx context.Context, what string, do func(*whatsmeow.Client) (chat.GroupChanged, error)) error {
	c, err := a.online()
	if err != nil {
		return err
	}
	echoes, stop := a.groupEchoes.listen()
	defer stop()
	want, err := do(c)
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	if want.Event == "" {
		return nil
	}
	// It has happened: it is stored even if nobody waits for it any more.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*groupEchoPatience)
	defer cancel()
	defer context.AfterFunc(a.ctx, cancel)()
	rest, ok := echoes.await(ctx, want)
	if ok {
		return nil
	}
	a.groupOrder.Lock()
	defer a.groupOrder.Unlock()
	if err := a.apply(ctx, rest); err != nil {
		return err
	}
	a.groupEchoes.stored([]chat.Change{rest})
	return nil
}

// EditGroup changes a property of a group.
func (a *Account) EditGroup(ctx context.Context, id chat.ID, edit chat.GroupEdit) error {
	return a.changeGroup(ctx, "changing the group", func(c *whatsmeow.Client) (chat.GroupChanged, error) {
		if err := editGroup(ctx, c, jid.Of(id), edit); err != nil {
			return chat.GroupChanged{}, groupFailure(err)
		}
		return edit.Changed(id, a.Me().ID, time.Now()), nil
	})
}

func editGroup(ctx context.Context, c *whatsmeow.Client, group types.JID, edit chat.GroupEdit) error {
	switch {
	case edit.Subject != nil:
		return c.SetGroupName(ctx, group, *edit.Subject)
	case edit.Description != nil:
		return setTopic(ctx, c, group, *edit.Description)
	case edit.Announce != nil:
		return c.SetGroupAnnounce(ctx, group, *edit.Announce)
	case edit.Locked != nil:
		return c.SetGroupLocked(ctx, group, *edit.Locked)
	case edit.MembersAdd != nil:
		mode := types.GroupMemberAddModeAdmin
		if *edit.MembersAdd {
			mode = types.GroupMemberAddModeAllMember
		}
		return c.SetGroupMemberAddMode(ctx, group, mode)
	case edit.Approval != nil:
		return c.SetGroupJoinApprovalMode(ctx, group, *edit.Approval)
	}
	return nil
}

// setTopic replaces a description. WhatsApp wants the ID of the one that is replaced;
// whatsmeow asks for it too, but loses WhatsApp's reason when it gets none.
func setTopic(ctx context.Context, c *whatsmeow.Client, group types.JID, topic string) error {
	info, err := c.GetGroupInfo(ctx, group)
	if err != nil {
		return err
	}
	return c.SetGroupTopic(ctx, group, info.TopicID, "", topic)
}

// LeaveGroup leaves a group.
func (a *Account) LeaveGroup(ctx context.Context, id chat.ID) error {
	return a.changeGroup(ctx, "leaving the group", func(c *whatsmeow.Client) (chat.GroupChanged, error) {
		if err := c.LeaveGroup(ctx, jid.Of(id)); err != nil {
			return chat.GroupChanged{}, groupFailure(err)
		}
		me := a.Me().ID
		return chat.GroupChanged{
			Group: chat.Group{ID: id}, Event: chat.EventGroupLeave, Action: chat.GroupRemove,
			Participants: []chat.ID{me}, Author: me, Timestamp: time.Now().Unix(),
		}, nil
	})
}
