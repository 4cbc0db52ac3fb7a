package wire

import "github.com/wasession/wasession/runtime/chat"

// The words of WAHA's group.v2.participants for what happened.
var groupActions = map[string]string{
	"add": "join", "remove": "leave", "promote": "promote", "demote": "demote",
}

func groupEvent(c chat.GroupChanged) GroupEvent {
	e := GroupEvent{
		Type:      groupActions[c.Action],
		Timestamp: c.Timestamp,
		Group:     Group{ID: string(c.Group.ID)},
		Data:      struct{}{},
	}
	if c.Event == "join" || c.Event == "update" {
		e.Group.Subject = c.Group.Subject
		e.Group.Description = c.Group.Description
		if c.Group.Announce != nil {
			everybody := !*c.Group.Announce
			e.Group.MembersCanSendMessages = &everybody
		}
		for _, p := range c.Group.Participants {
			e.Group.Participants = append(e.Group.Participants, newParticipant(p.ID, roleOr(p.Role, "participant")))
		}
	}
	role := "participant"
	switch c.Action {
	case "remove":
		role = "left"
	case "promote":
		role = "admin"
	}
	for _, id := range c.Participants {
		e.Participants = append(e.Participants, newParticipant(id, role))
	}
	return e
}

func newParticipant(id chat.ID, role string) Participant {
	p := Participant{ID: string(id), Role: role}
	if !id.IsLID() {
		p.PN = p.ID
	}
	return p
}

func roleOr(role, none string) string {
	if role == "" {
		return none
	}
	return role
}
