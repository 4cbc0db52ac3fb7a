package whatsapp

import (
	"strings"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/types"
)

// whatsmeow keeps the members of groups and the LIDs of people, as strings that it read
// out of one large answer. Each of them then keeps the 8 KiB alive in which it lies among
// what else was read: of a few thousand members, more than 10 MB. Copies lie close
// together.

// copies gives each string one copy.
type copies map[string]string

func (c copies) jid(j types.JID) types.JID {
	user, ok := c[j.User]
	if !ok {
		user = strings.Clone(j.User)
		c[user] = user
	}
	j.User = user
	return j
}

// compactGroups has whatsmeow keep copies of the groups' members.
func compactGroups(c *whatsmeow.Client, groups []*types.GroupInfo) {
	own := copies{}
	for _, g := range groups {
		kept := types.GroupInfo{
			JID: own.jid(g.JID), AddressingMode: g.AddressingMode,
			GroupAnnounce: g.GroupAnnounce, GroupIsDefaultSub: g.GroupIsDefaultSub,
			Participants: make([]types.GroupParticipant, len(g.Participants)),
		}
		for i, p := range g.Participants {
			kept.Participants[i].JID = own.jid(p.JID)
		}
		c.DangerousInternals().CacheGroupInfo(&kept, true)
	}
}
