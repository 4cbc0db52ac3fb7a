package whatsapp

import (
	"context"
	"fmt"

	"github.com/wasession/wasession/runtime/chat"
)

// groupsPerCommit bounds how many groups are written down at once.
const groupsPerCommit = 20

// ReadGroups asks for all groups the account is in and writes them down, so
// that they have names and members.
func (a *Account) ReadGroups(ctx context.Context) error {
	c, err := a.online()
	if err != nil {
		return err
	}
	groups, err := c.GetJoinedGroups(ctx)
	if err != nil {
		return fmt.Errorf("ask for the groups: %w", err)
	}
	m := a.mapper()
	var changes []chat.Change
	for i, g := range groups {
		changes = append(changes, a.fresh(m.members(g.Participants))...)
		changes = append(changes, chat.GroupChanged{Group: m.group(g)})
		if (i+1)%groupsPerCommit == 0 || i == len(groups)-1 {
			if err := a.opts.Handler.Apply(ctx, changes...); err != nil {
				return err
			}
			a.remember(changes)
			changes = changes[:0]
		}
	}
	return nil
}
