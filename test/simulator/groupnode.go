package simulator

import (
	"strconv"
	"time"

	waBinary "go.mau.fi/whatsmeow/binary"

	"github.com/wasession/wasession/test/simulator/stanza"
)

// node returns a description of the whole group.
func (g *Group) node() waBinary.Node {
	info := g.snapshot()
	attrs := waBinary.Attrs{
		"id": g.jid.User, "subject": info.Subject, "s_t": info.SubjectTime,
		"creation": info.Created, "size": len(info.Members), "addressing_mode": info.Mode,
		"p_v_id": strconv.Itoa(info.Version), "a_v_id": strconv.Itoa(info.Version),
	}
	g.nameUser(attrs, "creator", "creator_pn", info.Creator)
	g.nameUser(attrs, "s_o", "s_o_pn", info.SubjectOwner)
	var children []waBinary.Node
	for _, m := range info.Members {
		if u := g.srv.User(m.PN); u != nil {
			children = append(children, g.participantNode(u, m.Rank))
		}
	}
	if info.Topic != "" {
		topic := waBinary.Attrs{"id": info.TopicID, "t": info.TopicTime}
		g.nameUser(topic, "participant", "participant_pn", info.TopicOwner)
		children = append(children, stanza.Node("description", topic, []waBinary.Node{
			stanza.Node("body", nil, []byte(info.Topic)),
		}))
	}
	for tag, on := range map[string]bool{"announcement": info.Announce, "locked": info.Locked, "membership_approval_mode": info.Approval} {
		if on {
			children = append(children, stanza.Node(tag, nil, nil))
		}
	}
	if info.Ephemeral > 0 {
		children = append(children, stanza.Node("ephemeral", waBinary.Attrs{"expiration": info.Ephemeral}, nil))
	}
	children = append(children, stanza.Node("member_add_mode", nil, []byte(info.AddMode)))
	return stanza.Node("group", attrs, children)
}

// nameUser names an account in the group's form, together with its number.
func (g *Group) nameUser(attrs waBinary.Attrs, key, pnKey, pn string) {
	u := g.srv.User(pn)
	if u == nil {
		return
	}
	attrs[key] = u.on(g.server())
	if g.byLID() {
		attrs[pnKey] = u.pn
	}
}

func (g *Group) participantNode(u *User, rank Rank) waBinary.Node {
	attrs := g.userAttrs(u)
	attrs["type"] = string(rank)
	return stanza.Node("participant", attrs, nil)
}

// userAttrs names an account in both forms, that of the group first.
func (g *Group) userAttrs(u *User) waBinary.Attrs {
	if g.byLID() {
		return waBinary.Attrs{"jid": u.lid, "phone_number": u.pn}
	}
	return waBinary.Attrs{"jid": u.pn, "lid": u.lid}
}

// notify tells the companions of the given accounts about a change by actor,
// which may be nil.
func (g *Group) notify(actor *User, to []*User, change waBinary.Node) {
	attrs := waBinary.Attrs{"from": g.jid, "type": "w:gp2", "t": time.Now().Unix()}
	if actor != nil {
		attrs["notify"] = actor.Name()
		addParticipant(attrs, actor, 0, g.byLID())
	}
	for _, u := range to {
		for _, c := range u.Companions() {
			mine := cloneAttrs(attrs)
			mine["id"] = newID()
			c.deliver(stanza.Node("notification", mine, []waBinary.Node{change}))
		}
	}
}

func (g *Group) announceCreation(creator *User) {
	g.notify(creator, g.Members(), stanza.Node("create", waBinary.Attrs{"type": "new", "key": newID()}, []waBinary.Node{g.node()}))
}

// changeNode names the participants of a change.
func (g *Group) changeNode(action string, users []*User) waBinary.Node {
	var list []waBinary.Node
	for _, u := range users {
		list = append(list, g.participantNode(u, RankMember))
	}
	version := g.version()
	return stanza.Node(action, waBinary.Attrs{"v_id": version, "prev_v_id": version, "reason": ""}, list)
}

func subjectNode(g *Group) waBinary.Node {
	info := g.snapshot()
	attrs := waBinary.Attrs{"subject": info.Subject, "s_t": info.SubjectTime}
	g.nameUser(attrs, "s_o", "s_o_pn", info.SubjectOwner)
	return stanza.Node("subject", attrs, nil)
}

func topicNode(info groupInfo) waBinary.Node {
	attrs := waBinary.Attrs{"id": info.TopicID}
	if info.Topic == "" {
		return stanza.Node("description", attrs, []waBinary.Node{stanza.Node("delete", nil, nil)})
	}
	return stanza.Node("description", attrs, []waBinary.Node{stanza.Node("body", nil, []byte(info.Topic))})
}

// groupsOf returns the groups an account is in.
func (s *Server) groupsOf(u *User) []*Group {
	var out []*Group
	for _, g := range s.Groups() {
		if _, member := g.Rank(u); member {
			out = append(out, g)
		}
	}
	return out
}
