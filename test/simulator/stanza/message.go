package stanza

import (
	"go.mau.fi/whatsmeow/proto/waE2E"
)

// The values of the edit attribute of a message.
const (
	EditNone         = ""
	EditMessage      = "1"
	EditPin          = "2"
	EditSenderRevoke = "7"
	EditAdminRevoke  = "8"
)

// MessageType returns the type attribute of a message.
func MessageType(m *waE2E.Message) string {
	m = inner(m)
	switch {
	case m.ReactionMessage != nil, m.EncReactionMessage != nil:
		return "reaction"
	case m.PollCreationMessage != nil, m.PollCreationMessageV3 != nil, m.PollUpdateMessage != nil:
		return "poll"
	case m.EventMessage != nil:
		return "event"
	case MediaType(m) != "":
		return "media"
	default:
		return "text"
	}
}

// MediaType returns the mediatype attribute of a message's <enc>, if it has
// one.
func MediaType(m *waE2E.Message) string {
	m = inner(m)
	switch {
	case m.ImageMessage != nil:
		return "image"
	case m.StickerMessage != nil:
		return "sticker"
	case m.DocumentMessage != nil:
		return "document"
	case m.AudioMessage != nil && m.AudioMessage.GetPTT():
		return "ptt"
	case m.AudioMessage != nil:
		return "audio"
	case m.VideoMessage != nil && m.VideoMessage.GetGifPlayback():
		return "gif"
	case m.VideoMessage != nil:
		return "video"
	case m.ContactMessage != nil:
		return "vcard"
	case m.ContactsArrayMessage != nil:
		return "contact_array"
	case m.LocationMessage != nil:
		return "location"
	case m.LiveLocationMessage != nil:
		return "livelocation"
	default:
		return ""
	}
}

// Edit returns the edit attribute of a message, if any.
func Edit(m *waE2E.Message) string {
	if edited := m.GetEditedMessage().GetMessage(); edited != nil {
		return Edit(edited)
	}
	if p := m.GetProtocolMessage(); p.GetKey() != nil {
		switch {
		case p.GetType() == waE2E.ProtocolMessage_MESSAGE_EDIT:
			return EditMessage
		case p.GetType() == waE2E.ProtocolMessage_REVOKE && p.GetKey().GetFromMe():
			return EditSenderRevoke
		case p.GetType() == waE2E.ProtocolMessage_REVOKE:
			return EditAdminRevoke
		}
	}
	if r := m.GetReactionMessage(); r != nil && r.GetText() == "" {
		return EditSenderRevoke
	}
	if m.GetPinInChatMessage() != nil {
		return EditPin
	}
	return EditNone
}

// inner unwraps the envelopes that only say how to show a message.
func inner(m *waE2E.Message) *waE2E.Message {
	for _, wrapped := range []*waE2E.FutureProofMessage{
		m.GetViewOnceMessage(), m.GetViewOnceMessageV2(), m.GetViewOnceMessageV2Extension(),
		m.GetEphemeralMessage(), m.GetDocumentWithCaptionMessage(), m.GetLottieStickerMessage(),
	} {
		if wrapped.GetMessage() != nil {
			return inner(wrapped.GetMessage())
		}
	}
	return m
}
