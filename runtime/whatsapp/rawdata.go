package whatsapp

import (
	"time"

	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/whatsapp/content"
	"github.com/wasession/wasession/runtime/whatsapp/jid"
)

// RawData is a message in whatsmeow's form, as `_data` shows it.
type RawData struct {
	Info    Info
	Message *waE2E.Message `json:",omitempty"`
	// The wrappers that Message was unwrapped from.
	IsEphemeral           bool
	IsViewOnce            bool
	IsDocumentWithCaption bool
	IsEdit                bool
	// RawMessage is the message with its wrappers; nil if it has none, as most.
	RawMessage *waE2E.Message `json:",omitempty"`
}

// Info is what is stored of whatsmeow's MessageInfo, under its names. The rest is only
// known at the moment of receiving, and would be empty in every message.
type Info struct {
	Chat, Sender            string
	IsFromMe, IsGroup       bool
	AddressingMode          types.AddressingMode
	SenderAlt, RecipientAlt string
	ID, Type, PushName      string
	ServerID                types.MessageServerID `json:",omitempty"` // of messages of channels
	Timestamp               time.Time
}

// NewRawData rebuilds whatsmeow's form of a stored message. own is the account's
// number, the sender of own messages in direct chats; it may be empty.
func NewRawData(m chat.Message, own chat.ID) RawData {
	out := RawData{Info: infoOf(m, own)}
	if len(m.Raw) == 0 {
		return out
	}
	raw, err := content.Parse(m.Raw)
	if err != nil {
		return out
	}
	if out.Message = content.Unwrap(raw); out.Message != raw {
		out.RawMessage = raw
	}
	inner := raw
	if sent := raw.GetDeviceSentMessage().GetMessage(); sent != nil {
		inner = sent
	}
	out.IsEphemeral = inner.GetEphemeralMessage() != nil
	out.IsViewOnce = inner.GetViewOnceMessage() != nil || inner.GetViewOnceMessageV2() != nil || inner.GetViewOnceMessageV2Extension() != nil
	out.IsDocumentWithCaption = inner.GetDocumentWithCaptionMessage() != nil
	out.IsEdit = m.EditedAt != 0
	return out
}

// infoOf rebuilds the metadata of a message.
func infoOf(m chat.Message, own chat.ID) Info {
	arrived := m.Arrived
	if arrived == "" {
		arrived = m.Chat
	}
	info := Info{
		Chat: jid.Text(arrived), IsFromMe: m.FromMe, IsGroup: m.Chat.HasParticipants(),
		ID: m.OnWire(), PushName: m.SenderName, Timestamp: time.Unix(m.Timestamp, 0), Type: stanzaType(m),
		ServerID: m.ServerID,
	}
	switch {
	case m.Participant != "":
		info.Sender = jid.Text(m.Participant)
	case m.FromMe:
		info.Sender = jid.Text(own)
	default:
		info.Sender = info.Chat
	}
	if arrived.IsLID() {
		info.AddressingMode = types.AddressingModeLID
	}
	if arrived != m.Chat {
		if m.FromMe {
			info.RecipientAlt = jid.Text(m.Chat)
		} else {
			info.SenderAlt = jid.Text(m.Chat)
		}
	}
	return info
}

// stanzaType returns the type attribute that WhatsApp gives such a message.
func stanzaType(m chat.Message) string {
	switch {
	case m.Type == chat.TypePoll:
		return "poll"
	case m.Media != nil, m.Type == chat.TypeLocation, m.Type == chat.TypeContact:
		return "media"
	}
	return "text"
}
