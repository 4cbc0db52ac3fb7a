package whatsapp

import (
	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types/events"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/whatsapp/jid"
)

// joinRequests translates requests to join a group, and their end, which whatsmeow
// passes on as they came. WhatsApp tells the admins.
func (m mapper) joinRequests(evt *events.GroupInfo) (changes []chat.Change) {
	for _, node := range evt.UnknownChanges {
		var people []waBinary.Node
		switch node.Tag {
		case "created_membership_requests":
			people = node.GetChildrenByTag("requested_user")
		case "revoked_membership_requests":
			people = node.GetChildrenByTag("participant")
		default:
			continue
		}
		change := chat.JoinRequested{Group: jid.ChatID(evt.JID), Timestamp: unix(evt.Timestamp), Method: joinMethod(node)}
		sender := m.person(orEmpty(evt.Sender), orEmpty(evt.SenderPN))
		if len(people) == 0 { // the person's own doing
			change.Who = sender
			changes = appendRequest(changes, change, node.Tag, sender)
		}
		for _, p := range people {
			ag := p.AttrGetter()
			change.Who = m.person(ag.OptionalJIDOrEmpty("jid"), ag.OptionalJIDOrEmpty("phone_number"))
			changes = appendRequest(changes, change, node.Tag, sender)
		}
	}
	return changes
}

// appendRequest appends a change, unless it names no person. WhatsApp ends a request with
// the same node whether the person withdraws it or an admin rejects it: the sender tells.
func appendRequest(changes []chat.Change, c chat.JoinRequested, tag string, sender chat.ID) []chat.Change {
	switch {
	case c.Who == "" || c.Who.Kind() != chat.KindDirect:
		return changes
	case tag == "created_membership_requests":
		c.Action = chat.JoinAsked
	case c.Who == sender:
		c.Action = chat.JoinWithdrawn
	default:
		c.Action = chat.JoinRejected
	}
	return append(changes, c)
}

// joinMethods are the ways to ask that WhatsApp has names for.
var joinMethods = map[string]bool{"invite_link": true, "linked_group_join": true, "non_admin_add": true}

// joinMethod returns how somebody asked; empty if that is not known.
func joinMethod(node *waBinary.Node) string {
	if method, _ := node.Attrs["request_method"].(string); joinMethods[method] {
		return method
	}
	return ""
}
