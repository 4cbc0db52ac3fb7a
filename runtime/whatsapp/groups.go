package whatsapp

import (
	"context"
	"fmt"
	"slices"

	"github.com/wasession/wasession/runtime/chat"
)

// groupsPerCommit is the maximum number of groups in one transaction.
const groupsPerCommit = 20

// Groups returns all groups that the account is in, and stores the LID mappings
// of their members.
func (a *Account) Groups(ctx context.Context) ([]chat.Group, error) {
	c, err := a.online()
	if err != nil {
		return nil, err
	}
	infos, err := c.GetJoinedGroups(ctx)
	if err != nil {
		return nil, fmt.Errorf("listing the groups: %w", failure(err))
	}
	compactGroups(c, infos)
	m := a.mapper()
	groups := make([]chat.Group, len(infos))
	for i, info := range infos {
		groups[i] = m.group(info)
		if pairs := a.fresh(m.members(info.Participants)); len(pairs) > 0 {
			if err := a.apply(ctx, pairs...); err != nil {
				return nil, err
			}
			a.remember(pairs)
		}
	}
	return groups, nil
}

// ReadGroups fetches and stores all groups that the account is in, with their
// names and members. It has left the others, apart from those that it joins meanwhile.
func (a *Account) ReadGroups(ctx context.Context) error {
	meanwhile, stop := a.groupEchoes.listen()
	defer stop()
	groups, err := a.Groups(ctx)
	if err != nil {
		return err
	}
	a.groupOrder.Lock()
	defer a.groupOrder.Unlock()
	for part := range slices.Chunk(groups, groupsPerCommit) {
		changes := make([]chat.Change, len(part))
		for i, g := range part {
			changes[i] = chat.GroupChanged{Group: g}
		}
		if err := a.apply(ctx, changes...); err != nil {
			return err
		}
	}
	heard := meanwhile.take()
	return a.apply(ctx, append(again(heard), chat.GroupsRead{IDs: groupsNow(groups, heard)})...)
}

// again returns changes that followed a list of groups, to be stored after it. Their
// events have been raised.
func again(heard []chat.GroupChanged) []chat.Change {
	changes := make([]chat.Change, len(heard))
	for i, c := range heard {
		c.Event = ""
		changes[i] = c
	}
	return changes
}

// groupsNow returns the groups that the account is in after changes that followed a list
// of them.
func groupsNow(listed []chat.Group, changes []chat.GroupChanged) []chat.ID {
	in := make([]chat.ID, len(listed))
	for i, g := range listed {
		in[i] = g.ID
	}
	for _, c := range changes {
		switch c.Event {
		case chat.EventGroupJoin:
			in = append(in, c.Group.ID)
		case chat.EventGroupLeave:
			in = slices.DeleteFunc(in, func(id chat.ID) bool { return id == c.Group.ID })
		}
	}
	return in
}
