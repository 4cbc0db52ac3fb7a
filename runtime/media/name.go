package media

import (
	"crypto/sha256"
	"encoding/hex"
	"mime"
	"strings"

	"github.com/wasession/wasession/runtime/chat"
)

// extensions are the usual extensions of what WhatsApp transports. The system's table
// comes second: it differs between machines, and URLs must not.
var extensions = map[string]string{
	"audio/aac":       "aac",
	"audio/amr":       "amr",
	"audio/mp4":       "m4a",
	"audio/mpeg":      "mp3",
	"audio/ogg":       "oga",
	"audio/wav":       "wav",
	"image/gif":       "gif",
	"image/jpeg":      "jpeg",
	"image/png":       "png",
	"image/webp":      "webp",
	"video/3gpp":      "3gp",
	"video/mp4":       "mp4",
	"video/quicktime": "mov",
	"video/webm":      "webm",

	"application/json":              "json",
	"application/msword":            "doc",
	"application/pdf":               "pdf",
	"application/rtf":               "rtf",
	"application/vnd.ms-excel":      "xls",
	"application/vnd.ms-powerpoint": "ppt",
	"application/zip":               "zip",
	"text/calendar":                 "ics",
	"text/csv":                      "csv",
	"text/plain":                    "txt",
	"text/vcard":                    "vcf",

	"application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet":         "xlsx",
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document":   "docx",
}

// otherExtension is the extension of all other types: names and types chosen by a
// sender never become part of a path.
const otherExtension = "bin"

// maxName limits a file name, in bytes; file systems allow 255.
const maxName = 240

// digestMark precedes a digest that replaces a stanza ID. Plain IDs do not contain
// it, so no sender can choose an ID that looks like a digest.
const digestMark = "~"

// Name is the file name of a message's media in URLs and buckets:
// {messageId}.{ext}. It only contains letters, digits and ._@-~: the stanza ID is
// chosen by the sender and replaced by its digest unless it is plain.
func Name(m *chat.Message) string {
	id := m.ID()
	if !chat.PlainStanza(id.Stanza) {
		id.Stanza = digestMark + chat.StanzaDigest(id.Stanza)
	}
	name := id.String()
	if _, _, ok := parse(name); !ok {
		// No chat has such an ID today. If one ever does, it must not become a path.
		name = digestMark + chat.StanzaDigest(m.ID().String())
	}
	return name + "." + Extension(m.Media)
}

// Extension is the usual extension of a media type, without the dot.
func Extension(m *chat.Media) string {
	if m == nil {
		return otherExtension
	}
	if ext, ok := extensions[Type(m.MIMEType)]; ok {
		return ext
	}
	return otherExtension
}

// Type is a MIME type in lower case, without parameters such as "; codecs=opus".
// Invalid types become application/octet-stream.
func Type(s string) string {
	t, _, err := mime.ParseMediaType(s)
	if err != nil || !strings.Contains(t, "/") {
		return "application/octet-stream"
	}
	return t
}

// MessageID parses the message ID in a file name. If digest is set, it replaces the
// stanza ID, which the name does not contain.
func MessageID(name string) (id chat.MessageID, digest string, ok bool) {
	dot := strings.LastIndexByte(name, '.')
	if dot < 0 {
		return chat.MessageID{}, "", false
	}
	return parse(name[:dot])
}

func parse(name string) (id chat.MessageID, digest string, ok bool) {
	before, after, hashed := strings.Cut(name, digestMark)
	if hashed {
		var participant string
		digest, participant, _ = strings.Cut(after, "_")
		if sum, err := hex.DecodeString(digest); err != nil || len(sum) != sha256.Size {
			return chat.MessageID{}, "", false
		}
		name = before + "0"
		if participant != "" {
			name += "_" + participant
		}
	}
	id, full, err := chat.ParseMessageID(name)
	if hashed {
		id.Stanza = ""
	}
	return id, digest, full && err == nil
}

// key is the key of a message's file in the index: the ID under which the message
// arrived, which stays the same when a LID's chat merges into its phone number's.
func key(m *chat.Message) string {
	id := m.ID()
	if m.Arrived != "" {
		id.Chat = m.Arrived
	}
	return id.String()
}
