package media

import (
	"crypto/sha256"
	"encoding/hex"
	"mime"
	"strings"

	"github.com/wasession/wasession/runtime/chat"
)

// extensions are the usual ones of what WhatsApp carries. The system's table is
// not asked first: it differs between machines and URLs must not.
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

// otherExtension is that of all other sorts: a sender's own choice of name and
// type never becomes part of a path.
const otherExtension = "bin"

// maxName bounds a file's name in bytes; file systems allow 255.
const maxName = 240

// digestMark precedes a digest in the place of a stanza id. Plain ids hold no
// such character, so that no sender can choose an id that looks like a digest.
const digestMark = "~"

// Name is the file name of a message's media in URLs and buckets:
// {messageId}.{ext}. It holds letters, digits and ._@-~ only: the sender chooses
// the stanza id, and one that is not plain is replaced by its digest.
func Name(m *chat.Message) string {
	id := m.ID()
	if !chat.PlainStanza(id.Stanza) {
		id.Stanza = digestMark + chat.StanzaDigest(id.Stanza)
	}
	name := id.String()
	if _, _, ok := parse(name); !ok {
		// No chat has such an id today; if one ever does, it is no path either.
		name = digestMark + chat.StanzaDigest(m.ID().String())
	}
	return name + "." + Extension(m.Media)
}

// Extension is the usual one of the media's type, without a dot.
func Extension(m *chat.Media) string {
	if m == nil {
		return otherExtension
	}
	if ext, ok := extensions[Type(m.MIMEType)]; ok {
		return ext
	}
	return otherExtension
}

// Type is a MIME type without parameters, in lower case; senders write
// "audio/ogg; codecs=opus". What makes no sense is application/octet-stream.
func Type(s string) string {
	t, _, err := mime.ParseMediaType(s)
	if err != nil || !strings.Contains(t, "/") {
		return "application/octet-stream"
	}
	return t
}

// MessageID reads the message's id from a file name. Where digest is set it
// stands for the stanza id, which the name does not hold.
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

// key names a message's file in the index: the id as the message arrived, which
// stays when the chat of a LID becomes that of its phone number.
func key(m *chat.Message) string {
	id := m.ID()
	if m.Arrived != "" {
		id.Chat = m.Arrived
	}
	return id.String()
}
