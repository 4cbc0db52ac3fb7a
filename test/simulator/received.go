package simulator

import (
	"time"

	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
)

// Kind is the kind of a Received.
type Kind string

// The kinds of what reaches a phone.
const (
	KindMessage   Kind = "message"
	KindReceipt   Kind = "receipt"
	KindChatState Kind = "chatstate"
	KindPresence  Kind = "presence"
	KindPeer      Kind = "peer"
	KindCall      Kind = "call"
)

// Received is one item that reached a phone, in plain text.
type Received struct {
	// Seq numbers what this phone received, from 1.
	Seq  int
	Kind Kind
	// ID is the id of the message (for receipts: of the first one).
	ID string
	// From is the sending device, always by phone number.
	From types.JID
	// Chat is the group, or the addressee as the sender wrote it on the wire.
	Chat types.JID
	// Own is true for what the account's own companions sent.
	Own bool
	// Message is set for KindMessage and KindPeer.
	Message *waE2E.Message
	// IDs are all messages that a receipt is for; State is its type (""
	// delivered, "read", "played", ...), or composing/paused, or
	// available/unavailable, or one of the states of a call.
	IDs   []string
	State string
	// Media is "audio" while a voice message is being recorded, and audio or video of
	// a call that is offered.
	Media string
	// Edit is the edit attribute: "1" edited, "7" revoked by its sender, "8"
	// by an admin.
	Edit string
	Time time.Time
}

// Text returns the text of a text message, or the caption of a media message.
func (r Received) Text() string { return MessageText(r.Message) }

// MessageText returns the text that a person sees in m: plain, extended,
// edited, or the caption of media.
func MessageText(m *waE2E.Message) string {
	switch {
	case m == nil:
		return ""
	case m.GetConversation() != "":
		return m.GetConversation()
	case m.ExtendedTextMessage != nil:
		return m.GetExtendedTextMessage().GetText()
	case m.ImageMessage != nil:
		return m.GetImageMessage().GetCaption()
	case m.VideoMessage != nil:
		return m.GetVideoMessage().GetCaption()
	case m.DocumentMessage != nil:
		return m.GetDocumentMessage().GetCaption()
	case m.DocumentWithCaptionMessage != nil:
		return MessageText(m.GetDocumentWithCaptionMessage().GetMessage())
	case m.EphemeralMessage != nil:
		return MessageText(m.GetEphemeralMessage().GetMessage())
	case m.EditedMessage != nil:
		return MessageText(m.GetEditedMessage().GetMessage())
	case m.GetProtocolMessage().GetEditedMessage() != nil:
		return MessageText(m.GetProtocolMessage().GetEditedMessage())
	default:
		return ""
	}
}

// Text matches a message with exactly this text.
func Text(text string) func(Received) bool {
	return func(r Received) bool { return r.Kind == KindMessage && r.Text() == text }
}

// MessageID matches the message with this id.
func MessageID(id string) func(Received) bool {
	return func(r Received) bool { return r.Kind == KindMessage && r.ID == id }
}

// Receipt matches a receipt of the given type ("" for delivered) for the
// message with this id.
func Receipt(typ, id string) func(Received) bool {
	return func(r Received) bool {
		if r.Kind != KindReceipt || r.State != typ {
			return false
		}
		for _, each := range r.IDs {
			if each == id {
				return true
			}
		}
		return false
	}
}
