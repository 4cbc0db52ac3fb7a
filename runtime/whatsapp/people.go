package whatsapp

import (
	"go.mau.fi/whatsmeow/types"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/whatsapp/jid"
)

// mappings returns the LID mappings in the source of a message or receipt.
func (m mapper) mappings(s types.MessageSource) []chat.Change {
	var changes []chat.Change
	changes = appendPair(changes, s.Sender, s.SenderAlt)
	if s.IsFromMe {
		changes = appendPair(changes, s.Chat, s.RecipientAlt)
	}
	return changes
}

// members returns the LID mappings in a group's list of participants.
func (m mapper) members(participants []types.GroupParticipant) []chat.Change {
	var changes []chat.Change
	for _, p := range participants {
		lid := p.LID
		if lid.IsEmpty() {
			lid = p.JID
		}
		changes = appendPair(changes, lid, p.PhoneNumber)
	}
	return changes
}

// appendPair appends a mapping if one address is a LID and the other a number.
func appendPair(changes []chat.Change, a, b types.JID) []chat.Change {
	if jid.IsLID(b) {
		a, b = b, a
	}
	if !jid.IsLID(a) || !jid.IsPhone(b) || a.User == "" || b.User == "" {
		return changes
	}
	return append(changes, chat.LIDMapped{LID: jid.ChatID(a), Phone: jid.ChatID(b)})
}

// contactNamed returns the changes for a person's name, with their LID mapping.
func (m mapper) contactNamed(j, alt types.JID, name chat.ContactNamed) []chat.Change {
	name.ID = m.person(j, alt)
	if name.ID == "" {
		return nil
	}
	return append(appendPair(nil, j, alt), name)
}
