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
// names and members. It has left the others, unless it joins one meanwhile.
func (a *Account) ReadGroups(ctx context.Context) error {
	meanwhile, stop := a.groupEchoes.listen()
	defer stop()
	groups, err := a.Groups(ctx)
	if err != nil {
		return err
	}
	for part := range slices.Chunk(groups, groupsPerCommit) {
		changes := make([]chat.Change, len(part))
		for i, g := range part {
			changes[i] = chat.GroupChanged{Group: g}
		}
		if err := a.apply(ctx, changes...); err != nil {
			return err
		}
	}
	var in []chat.ID
	for _, g := range groups {
		in = append(in, g.ID)
	}
	for _, c := range meanwhile.take() {
		if c.Event == chat.EventGroupJoin {
			in = append(in, c.Group.ID)
		}
	}
	return a.apply(ctx, chat.GroupsRead{IDs: in})
}
