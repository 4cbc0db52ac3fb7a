package chats

import (
	"net/url"
	"strings"

	"github.com/wasession/wasession/gateway/dashboard/pod"
	"github.com/wasession/wasession/gateway/dashboard/text"
)

// Kind is what a message is.
type Kind string

// The kinds that are shown differently.
const (
	KindText     Kind = "text"
	KindImage    Kind = "image"
	KindSticker  Kind = "sticker"
	KindVideo    Kind = "video"
	KindVoice    Kind = "voice"
	KindAudio    Kind = "audio"
	KindDocument Kind = "document"
	KindPlace    Kind = "location"
	KindContact  Kind = "contact"
	KindPoll     Kind = "poll"
	// KindUnknown: there is nothing to show of it.
	KindUnknown Kind = "unknown"
)

func kindOf(m pod.Message) Kind {
	switch c := m.Data.Message; {
	case c.Image != nil:
		return KindImage
	case c.Sticker != nil:
		return KindSticker
	case c.Video != nil, c.Note != nil:
		return KindVideo
	case c.Audio != nil && c.Audio.IsVoice:
		return KindVoice
	case c.Audio != nil:
		return KindAudio
	case c.Document != nil:
		return KindDocument
	case newPoll(c) != nil:
		return KindPoll
	case m.Location != nil:
		return KindPlace
	case len(m.VCards) > 0:
		return KindContact
	case m.HasMedia:
		return KindDocument // of a sort that is not known
	case m.Body == "":
		return KindUnknown
	}
	return KindText
}

// label says what a message is that is more than text; empty for texts.
func (k Kind) label() string {
	if k == KindText || k == KindUnknown {
		return ""
	}
	return k.Word()
}

// Word stands for a message without a text.
func (k Kind) Word() string {
	switch k {
	case KindImage:
		return "Photo"
	case KindSticker:
		return "Sticker"
	case KindVideo:
		return "Video"
	case KindVoice:
		return "Voice message"
	case KindAudio:
		return "Audio"
	case KindDocument:
		return "Document"
	case KindPlace:
		return "Location"
	case KindContact:
		return "Contact"
	case KindPoll:
		return "Poll"
	}
	return "Message"
}

// newFile describes the attachment of a message; nil without one.
func newFile(m pod.Message, kind Kind, base string) *File {
	if !m.HasMedia {
		return nil
	}
	c := m.Data.Message
	v := &File{Name: kind.Word(), Href: base + "/" + url.PathEscape(m.ID) + "/file"}
	for _, f := range []*pod.File{c.Image, c.Sticker, c.Video, c.Note, c.Audio, c.Document} {
		if f == nil {
			continue
		}
		v.Size, v.Length = size(f.Size), length(f.Seconds)
		if name := text.Line(f.Name, maxName); name != "" {
			v.Name = name
		} else if title := text.Line(f.Title, maxName); title != "" {
			v.Name = title
		}
	}
	return v
}

// queryOf is a coordinate as part of an address.
func queryOf(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '-' || r == '.' {
			return r
		}
		return -1
	}, s)
}
