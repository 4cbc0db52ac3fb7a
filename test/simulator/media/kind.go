// Package media is the simulator's media service: WhatsApp's encryption of
// attachments, a store of encrypted blobs, and the HTTP interface for uploads
// and downloads.
package media

// Kind is a class of media. It determines the key derivation and the path
// segment for uploads and downloads.
type Kind string

// The kinds that WhatsApp clients exchange. The value is the "mms type": the
// segment that follows /mms/ in an upload path.
const (
	Image    Kind = "image"
	Video    Kind = "video"
	Audio    Kind = "audio"
	Document Kind = "document"
	History  Kind = "md-msg-hist"
	AppState Kind = "md-app-state"
)

// info returns the HKDF context that separates the keys of one kind from those
// of another; empty if the kind is unknown.
func (k Kind) info() string {
	switch k {
	case Image:
		return "WhatsApp Image Keys"
	case Video:
		return "WhatsApp Video Keys"
	case Audio:
		return "WhatsApp Audio Keys"
	case Document:
		return "WhatsApp Document Keys"
	case History:
		return "WhatsApp History Keys"
	case AppState:
		return "WhatsApp App State Keys"
	default:
		return ""
	}
}
