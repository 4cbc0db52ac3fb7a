package media

import (
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

// Name is the file name of a message's media in URLs and buckets:
// {messageId}.{ext}. It holds letters, digits and ._@- only.
func Name(m *chat.Message) string { return m.ID().String() + "." + Extension(m.Media) }

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

// MessageID reads the message's id from a file name.
func MessageID(name string) (chat.MessageID, bool) {
	dot := strings.LastIndexByte(name, '.')
	if dot < 0 {
		return chat.MessageID{}, false
	}
	id, full, err := chat.ParseMessageID(name[:dot])
	return id, full && err == nil
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
