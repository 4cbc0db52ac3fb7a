package chat

// Outgoing is a message to be sent.
type Outgoing struct {
	To ID
	// Stanza is the id under which it goes out.
	Stanza  string
	Content OutgoingContent
	// ReplyTo is the message that it answers; nil for none.
	ReplyTo *Message
	// Mentions are the people mentioned; the text names them as @<number>.
	Mentions []ID
	// Audience are the people who get a status; everyone whom the account's privacy
	// settings name if empty.
	Audience []ID
}

// OutgoingContent is what an Outgoing says: one of the types below.
type OutgoingContent interface{ outgoing() }

// OutgoingText is a text, with a preview of a link in it or without (nil).
type OutgoingText struct {
	Text    string
	Preview *LinkPreview
	// Style is that of a status; nil for other texts.
	Style *TextStyle
}

// TextStyle is how a status shows its text. Background is ARGB, Font WhatsApp's number.
type TextStyle struct {
	Background uint32
	Font       int32
}

// LinkPreview is what a client shows of a page that a text links to.
type LinkPreview struct {
	// URL is the link as the text has it.
	URL                string
	Title, Description string
	// Thumbnail is a JPEG of a few kilobytes; nil for none.
	Thumbnail []byte
}

// OutgoingFile is an attachment: TypeImage, TypeVideo, TypeAudio, TypeVoice or
// TypeDocument.
type OutgoingFile struct {
	Kind MessageType
	// Path is a file on this machine that stays until the send has ended.
	Path                        string
	MIMEType, Filename, Caption string
	// Note makes a video a round note.
	Note bool
	// Background is the color behind the player of a voice status, ARGB; else 0.
	Background uint32
}

// OutgoingLocation is a place. Latitude and Longitude are in degrees.
type OutgoingLocation struct {
	Latitude, Longitude float64
	Name, Address       string
}

// OutgoingContacts are contact cards.
type OutgoingContacts struct{ Cards []VCard }

// VCard is one contact card: the name that is shown, and the card's text.
type VCard struct{ Name, Text string }

// OutgoingPoll is a poll in which one option can be chosen, or several.
type OutgoingPoll struct {
	Question string
	Options  []string
	Multiple bool
}

// OutgoingForward passes a message on.
type OutgoingForward struct{ Message Message }

func (OutgoingText) outgoing()     {}
func (OutgoingFile) outgoing()     {}
func (OutgoingLocation) outgoing() {}
func (OutgoingContacts) outgoing() {}
func (OutgoingPoll) outgoing()     {}
func (OutgoingForward) outgoing()  {}
