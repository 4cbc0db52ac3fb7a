package whatsapp

import (
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"github.com/wasession/wasession/runtime/chat"
)

// receiptChanges translates a receipt: own messages were delivered, read or
// played, or the account read messages on another device.
func (m mapper) receiptChanges(evt *events.Receipt) []chat.Change {
	p := m.sourceOf(evt.MessageSource)
	if p.chat == "" {
		return nil
	}
	at, stanzas := unix(evt.Timestamp), safeStanzas(evt.MessageIDs)
	if evt.IsFromMe {
		switch evt.Type {
		case types.ReceiptTypeRead, types.ReceiptTypeReadSelf:
			return []chat.Change{chat.SelfRead{Chat: p.chat, Stanzas: stanzas, Timestamp: at}}
		}
		return nil
	}
	var ack chat.Ack
	switch evt.Type {
	case types.ReceiptTypeDelivered, types.ReceiptTypeInactive:
		ack = chat.AckDevice
	case types.ReceiptTypeRead:
		ack = chat.AckRead
	case types.ReceiptTypePlayed:
		ack = chat.AckPlayed
	case types.ReceiptTypeReadSelf:
		return []chat.Change{chat.SelfRead{Chat: p.chat, Stanzas: stanzas, Timestamp: at}}
	default:
		return nil
	}
	return []chat.Change{chat.AckChanged{
		Chat: p.chat, Participant: p.participant, Stanzas: stanzas, Ack: ack, Timestamp: at,
	}}
}

// safeStanzas returns the ids of a receipt in the form in which they are stored.
func safeStanzas(ids []types.MessageID) []string {
	safe := make([]string, len(ids))
	for i, id := range ids {
		safe[i] = chat.SafeStanza(id)
	}
	return safe
}
