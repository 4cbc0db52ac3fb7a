package simulator

import (
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"go.mau.fi/whatsmeow/types"
)

// Rank is the role of a member in a group.
type Rank string

// The ranks of WhatsApp.
const (
	RankMember Rank = ""
	RankAdmin  Rank = "admin"
	RankOwner  Rank = "superadmin"
)

// Group is a group chat.
type Group struct {
	srv *Server
	jid types.JID

	mu   sync.Mutex
	info groupInfo
}

// groupInfo is the stored state of a group.
type groupInfo struct {
	Subject      string        `json:"subject"`
	SubjectTime  int64         `json:"subjectTime"`
	SubjectOwner string        `json:"subjectOwner"`
	Topic        string        `json:"topic,omitempty"`
	TopicID      string        `json:"topicID,omitempty"`
	TopicTime    int64         `json:"topicTime,omitempty"`
	TopicOwner   string        `json:"topicOwner,omitempty"`
	Creator      string        `json:"creator"`
	Created      int64         `json:"created"`
	Mode         string        `json:"mode"`
	Members      []groupMember `json:"members"`
	Announce     bool          `json:"announce,omitempty"`
	Locked       bool          `json:"locked,omitempty"`
	Ephemeral    uint32        `json:"ephemeral,omitempty"`
	AddMode      string        `json:"addMode,omitempty"`
	Approval     bool          `json:"approval,omitempty"`
	Invite       string        `json:"invite"`
	// Revoked are the invite codes that no longer work, Removed the numbers of those
	// whom admins removed: they cannot join by a code.
	Revoked  []string                   `json:"revoked,omitempty"`
	Removed  []string                   `json:"removed,omitempty"`
	Requests []groupRequest             `json:"requests,omitempty"`
	Invited  map[string]groupInvitation `json:"invited,omitempty"` // by number
	Picture  *Picture                   `json:"picture,omitempty"`
	Version  int                        `json:"version"`
}

type groupMember struct {
	PN   string `json:"pn"`
	Rank Rank   `json:"rank,omitempty"`
}

// AddGroup creates a group owned by the first participant, and tells the
// companions of all. Members are addressed by LID, as in WhatsApp's new groups;
// see Group.SetAddressing.
func (s *Server) AddGroup(subject string, participants ...*User) *Group {
	var creator *User
	if len(participants) > 0 {
		creator = participants[0]
	}
	g := s.createGroup(subject, creator, participants)
	g.announceCreation(creator)
	return g
}

func (s *Server) createGroup(subject string, creator *User, participants []*User) *Group {
	now := time.Now()
	info := groupInfo{
		Subject: subject, SubjectTime: now.Unix(), Created: now.Unix(),
		Mode: string(types.AddressingModeLID), AddMode: string(types.GroupMemberAddModeAllMember),
		Invite: newInvite(), Version: 1,
	}
	for i, p := range participants {
		rank := RankMember
		if i == 0 {
			rank = RankOwner
		}
		info.Members = append(info.Members, groupMember{PN: p.pn.User, Rank: rank})
	}
	if creator != nil {
		info.Creator, info.SubjectOwner = creator.pn.User, creator.pn.User
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	id := "120363" + fmt.Sprintf("%012d", len(s.groups)+1)
	g := &Group{srv: s, jid: types.NewJID(id, types.GroupServer), info: info}
	s.groups[id] = g
	return g
}

func newInvite() string { return fmt.Sprintf("%X", randomBytes(11)) }

// JID returns the group's JID.
func (g *Group) JID() types.JID { return g.jid }

// Subject returns the group's name.
func (g *Group) Subject() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.info.Subject
}

// Topic returns the group's description.
func (g *Group) Topic() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.info.Topic
}

// SetAddressing sets whether members are addressed by LID or, as in old groups,
// by number (any other mode).
func (g *Group) SetAddressing(a Addressing) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.info.Mode = string(types.AddressingModePN)
	if a == AddressLID {
		g.info.Mode = string(types.AddressingModeLID)
	}
}

func (g *Group) byLID() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.info.Mode == string(types.AddressingModeLID)
}

func (g *Group) server() string {
	if g.byLID() {
		return types.HiddenUserServer
	}
	return types.DefaultUserServer
}

// snapshot returns a copy of the group that may be read without the lock.
func (g *Group) snapshot() groupInfo {
	g.mu.Lock()
	defer g.mu.Unlock()
	info := g.info
	info.Members = slices.Clone(g.info.Members)
	return info
}

// Members returns the accounts in the group.
func (g *Group) Members() []*User {
	info := g.snapshot()
	out := make([]*User, 0, len(info.Members))
	for _, m := range info.Members {
		if u := g.srv.User(m.PN); u != nil {
			out = append(out, u)
		}
	}
	return out
}

// Rank returns the account's rank, and whether it is a member.
func (g *Group) Rank(u *User) (Rank, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if i := g.info.index(u); i >= 0 {
		return g.info.Members[i].Rank, true
	}
	return RankMember, false
}

func (i *groupInfo) index(u *User) int {
	return slices.IndexFunc(i.Members, func(m groupMember) bool { return m.PN == u.pn.User })
}

// update changes the group under its lock.
func (g *Group) update(change func(*groupInfo)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	change(&g.info)
	g.info.Version++
}

// devices returns the devices of all members, in the group's form.
func (g *Group) devices() []types.JID {
	server := g.server()
	var out []types.JID
	for _, m := range g.Members() {
		out = append(out, m.devices(server)...)
	}
	return out
}

func (g *Group) version() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return strconv.Itoa(g.info.Version)
}
