package simulator

import (
	"context"
	"strconv"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"

	"github.com/wasession/wasession/test/simulator/stanza"
)

// Why one person of a query is not changed.
const (
	codeInvite   = 403 // privacy settings: the person must be invited
	codeUnknown  = 404 // no such account, or no member
	codeNoChange = 405 // the owner stays what it is
	codeMember   = 409 // is a member already
)

// groupParticipants adds, removes, promotes or demotes people, each for itself.
func (s *Server) groupParticipants(_ context.Context, iq *IQ) ([]waBinary.Node, error) {
	g, rank, err := s.memberGroup(iq)
	if err != nil {
		return nil, err
	}
	action := iq.Child.Tag
	mayAdd := action == "add" && g.snapshot().AddMode == string(types.GroupMemberAddModeAllMember)
	if rank == RankMember && !mayAdd {
		return nil, errNotAdmin
	}
	var changed []*User
	var answer []waBinary.Node
	for _, named := range iq.Child.GetChildrenByTag("participant") {
		u := s.UserByJID(jidOf(named))
		if code := g.refusal(action, u); code != 0 {
			node := refusedNode(jidOf(named), code)
			if code == codeInvite {
				node.Content = []waBinary.Node{g.invitationNode(u)}
			}
			answer = append(answer, node)
			continue
		}
		changed = append(changed, u)
		answer = append(answer, g.participantNode(u, RankMember))
	}
	switch action {
	case "add":
		g.Add(iq.User, changed...)
	case "remove":
		g.Remove(iq.User, changed...)
	case "promote":
		g.SetRank(iq.User, RankAdmin, changed...)
	case "demote":
		g.SetRank(iq.User, RankMember, changed...)
	}
	return []waBinary.Node{stanza.Node(action, nil, answer)}, nil
}

// refusal returns why an account cannot be changed; 0 if it can.
func (g *Group) refusal(action string, u *User) int {
	if u == nil {
		return codeUnknown
	}
	rank, member := g.Rank(u)
	switch {
	case action == "add" && member:
		return codeMember
	case action == "add" && !u.letsAdd():
		return codeInvite
	case action != "add" && !member:
		return codeUnknown
	case action != "add" && rank == RankOwner:
		return codeNoChange
	}
	return 0
}

// letsAdd reports whether others may add the account to groups. Contacts are not
// simulated: whoever lets only contacts do so must be invited.
func (u *User) letsAdd() bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.privacy["groupadd"] == "all"
}

// SetPrivacy changes a privacy setting on the phone, for example "groupadd" to "contacts".
func (u *User) SetPrivacy(name, value string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.privacy[name] = value
	u.touch()
}

func refusedNode(jid types.JID, code int) waBinary.Node {
	return stanza.Node("participant", waBinary.Attrs{"jid": jid, "error": strconv.Itoa(code)}, nil)
}

func jidOf(n waBinary.Node) types.JID {
	jid, _ := n.Attrs["jid"].(types.JID)
	return jid
}
