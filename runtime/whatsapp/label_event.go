package whatsapp

import (
	"regexp"

	"go.mau.fi/whatsmeow/types/events"
	"google.golang.org/protobuf/proto"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/whatsapp/content"
)

// labelID is the form of a label's ID. WhatsApp's are small numbers.
var labelID = regexp.MustCompile(`^[0-9A-Za-z_-]{1,32}$`)

// maxRawLabel is the maximum size of a label in the engine's form, in bytes.
const maxRawLabel = 4 << 10

// labelEdited translates the creation, change or deletion of a label.
func labelEdited(evt *events.LabelEdit) []chat.Change {
	if !labelID.MatchString(evt.LabelID) {
		return nil
	}
	raw, err := proto.Marshal(evt.Action)
	if err != nil || len(raw) > maxRawLabel {
		raw = nil
	}
	return []chat.Change{chat.LabelEdited{Deleted: evt.Action.GetDeleted(), Label: chat.Label{
		ID: evt.LabelID, Name: content.Shortened(evt.Action.GetName(), content.MaxName), Color: int(evt.Action.GetColor()), Raw: raw,
	}}}
}

// chatLabelled translates that a label was put on a chat or taken off.
func (m mapper) chatLabelled(evt *events.LabelAssociationChat) []chat.Change {
	if !labelID.MatchString(evt.LabelID) {
		return nil
	}
	return m.inChat(evt.JID, func(id chat.ID) []chat.Change {
		return []chat.Change{chat.ChatLabelled{Chat: id, Label: evt.LabelID, Labelled: evt.Action.GetLabeled()}}
	})
}
