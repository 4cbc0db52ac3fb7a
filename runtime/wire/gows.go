package wire

import (
	"strings"
	"time"

	"github.com/wasession/wasession/runtime/chat"
)

// WAHA's engine on whatsmeow, GOWS, returns groups under whatsmeow's names, and its
// clients read those. Groups here have them beside WAHA's own.

// GroupDetails is a group under both names, as returned by the groups calls.
type GroupDetails struct {
	GroupInfo
	GOWSGroup
}

// NewGroupDetails is a group, with or without its participants.
func NewGroupDetails(g *chat.Group, participants bool) GroupDetails {
	return GroupDetails{NewGroupInfo(g, participants), newGOWSGroup(g, participants)}
}

// GOWSGroup is a group under whatsmeow's names.
type GOWSGroup struct {
	JID          string `json:"JID"`
	OwnerJID     string `json:"OwnerJID"`
	OwnerPN      string `json:"OwnerPN" doc:"Phone number of the owner; empty if unknown"`
	Name         string `json:"Name"`
	Topic        string `json:"Topic"`
	GroupCreated string `json:"GroupCreated" doc:"RFC 3339"`
	// The flags are false where WhatsApp has not told.
	IsLocked               bool         `json:"IsLocked"`
	IsAnnounce             bool         `json:"IsAnnounce"`
	IsJoinApprovalRequired bool         `json:"IsJoinApprovalRequired"`
	Members                []GOWSMember `json:"Participants,omitzero"`
}

// GOWSMember is a participant under whatsmeow's names.
type GOWSMember struct {
	JID          string `json:"JID"`
	PhoneNumber  string `json:"PhoneNumber" doc:"Empty if unknown"`
	LID          string `json:"LID" doc:"Empty if unknown"`
	IsAdmin      bool   `json:"IsAdmin"`
	IsSuperAdmin bool   `json:"IsSuperAdmin"`
}

// Member is a participant under both names.
type Member struct {
	Participant
	GOWSMember
}

func newGOWSGroup(g *chat.Group, participants bool) GOWSGroup {
	w := GOWSGroup{
		JID: string(g.ID), OwnerJID: jidOf(g.Owner), OwnerPN: phoneJID(g.Owner), Name: g.Subject, Topic: g.Description,
		GroupCreated: time.Unix(g.CreatedAt, 0).UTC().Format(time.RFC3339),
		IsLocked:     isSet(g.Locked), IsAnnounce: isSet(g.Announce), IsJoinApprovalRequired: isSet(g.Approval),
	}
	if participants {
		w.Members = make([]GOWSMember, 0, len(g.Participants))
		for _, p := range g.Participants {
			w.Members = append(w.Members, newGOWSMember(p))
		}
	}
	return w
}

func newGOWSMember(p chat.Participant) GOWSMember {
	lid := p.LID
	if p.ID.IsLID() {
		lid = p.ID
	}
	return GOWSMember{
		JID: jidOf(p.ID), PhoneNumber: phoneJID(p.ID), LID: string(lid),
		IsAdmin: p.Role != chat.RoleMember, IsSuperAdmin: p.Role == chat.RoleSuperAdmin,
	}
}

// NewMembers are a group's participants under both names.
func NewMembers(g *chat.Group) []Member {
	all := make([]Member, 0, len(g.Participants))
	for _, p := range g.Participants {
		all = append(all, Member{newParticipant(p.ID, roleOf(p.Role)), newGOWSMember(p)})
	}
	return all
}

// jidOf is an ID as whatsmeow writes it.
func jidOf(id chat.ID) string {
	if user, ok := strings.CutSuffix(string(id), "@"+chat.ServerDirect); ok {
		return user + "@s.whatsapp.net"
	}
	return string(id)
}

// phoneJID is jidOf for a phone number; empty for other IDs.
func phoneJID(id chat.ID) string {
	if id.Server() != chat.ServerDirect {
		return ""
	}
	return jidOf(id)
}

func isSet(b *bool) bool { return b != nil && *b }
