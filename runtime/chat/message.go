package chat

// Message is one row of a chat's message list. Reactions, votes, edits and
// protocol messages are no rows: they are changes of one.
type Message struct {
	// Chat is the chat of the message: for a LID its phone-number chat, once known.
	// Arrived is the chat ID that the message arrived with.
	Chat, Arrived ID
	// Stanza is the id within the chat, and WireStanza WhatsApp's own where that
	// is not a plain word; see SafeStanza.
	Stanza, WireStanza string
	FromMe             bool
	// ServerID is the number that WhatsApp's servers give to a channel's message; 0 if
	// it is not known.
	ServerID int
	// Participant is the sender in groups and broadcasts (also when FromMe).
	Participant ID
	// SenderName is the push name the sender's message carried, if any.
	SenderName string
	// Timestamp is in unix seconds.
	Timestamp int64
	Ack       Ack
	// FromAPI says that this runtime sent it.
	FromAPI bool
	Type    MessageType
	// Body is the text, or the caption of media.
	Body     string
	Media    *Media
	Location *Location
	// VCards are contact cards as they came.
	VCards  []string
	ReplyTo *Reply
	// Mentions are the people mentioned.
	Mentions []ID
	// Audience are the people whom the runtime's own status was published to; nil if it
	// was for everyone whom the account's privacy settings name.
	Audience []ID
	// EditedAt is when it was last edited, unix seconds; 0 never.
	EditedAt int64
	// PinnedUntil is the end of its pin in unix seconds; 0 not pinned.
	PinnedUntil int64
	Starred     bool
	// Reactions are those in force, by their time.
	Reactions []Reaction
	// Raw is the engine's own form (a serialised protobuf), from which `_data`
	// and downloads are made. The store keeps it as it is.
	Raw []byte
}

// Bytes estimates the memory that the message uses.
func (m *Message) Bytes() int {
	n := messageBytes + len(m.Body) + len(m.Raw) + len(m.SenderName)
	for _, c := range m.VCards {
		n += len(c)
	}
	if m.Location != nil {
		n += len(m.Location.Thumbnail) + len(m.Location.Description)
	}
	if m.ReplyTo != nil {
		n += len(m.ReplyTo.Body) + len(m.ReplyTo.Raw)
	}
	for _, ids := range [][]ID{m.Mentions, m.Audience} {
		for _, id := range ids {
			n += len(id)
		}
	}
	for _, r := range m.Reactions {
		n += reactionBytes + len(r.Person) + len(r.Text)
	}
	return n
}

// The fixed parts of Bytes: of a message, and of a reaction to it.
const (
	messageBytes  = 512
	reactionBytes = 64
)

// ID is the message's id on the HTTP API.
func (m *Message) ID() MessageID {
	return MessageID{FromMe: m.FromMe, Chat: m.Chat, Stanza: m.Stanza, Participant: m.Participant}
}

// MessageType is the sort of a message's content.
type MessageType string

// The sorts of content.
const (
	TypeText     MessageType = "text"
	TypeImage    MessageType = "image"
	TypeVideo    MessageType = "video"
	TypeAudio    MessageType = "audio"
	TypeVoice    MessageType = "voice"
	TypeDocument MessageType = "document"
	TypeSticker  MessageType = "sticker"
	TypeLocation MessageType = "location"
	TypeContact  MessageType = "contact"
	TypePoll     MessageType = "poll"
	TypeOther    MessageType = "other"
)

// Media describes a message's attachment; its bytes are fetched apart.
type Media struct {
	MIMEType string
	// Filename is the sender's name for a document; else empty.
	Filename string
	// Size is in bytes, as announced by the sender.
	Size int64
}

// Location is a place, live or not.
type Location struct {
	Latitude, Longitude float64
	Live                bool
	Name, Address, URL  string
	Description         string
	// Thumbnail is a JPEG.
	Thumbnail []byte
}

// Reply is the message that a message answers, as quoted in it.
type Reply struct {
	Stanza      string
	Participant ID
	Body        string
	HasMedia    bool
	// Raw is the quoted message in the engine's form.
	Raw []byte
}
