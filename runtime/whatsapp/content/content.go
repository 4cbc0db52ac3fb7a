// Package content extracts what a WhatsApp message shows to a person. Its input
// comes from senders that may be hostile.
package content

import (
	"strings"

	"go.mau.fi/whatsmeow/proto/waE2E"

	"github.com/wasession/wasession/runtime/chat"
)

// Content is what a message shows, without its sender, chat and time.
type Content struct {
	Kind     chat.MessageType
	Body     string
	Media    *chat.Media
	Location *chat.Location
	VCards   []string
	Context  *waE2E.ContextInfo
}

// Of extracts the content of an unwrapped message. ok is false for messages that
// show nothing: protocol messages, keys, reactions, votes.
func Of(m *waE2E.Message) (c Content, ok bool) {
	if m == nil {
		return Content{}, false
	}
	for _, read := range []func(*waE2E.Message) (Content, bool){
		textContent, mediaContent, placeContent, contactContent, pollContent, menuContent, otherContent,
	} {
		if c, ok = read(m); ok {
			return c, true
		}
	}
	return Content{}, false
}

func textContent(m *waE2E.Message) (Content, bool) {
	if m.Conversation != nil {
		return Content{Kind: chat.TypeText, Body: m.GetConversation()}, true
	}
	if t := m.GetExtendedTextMessage(); t != nil {
		return Content{Kind: chat.TypeText, Body: t.GetText(), Context: t.GetContextInfo()}, true
	}
	return Content{}, false
}

func mediaContent(m *waE2E.Message) (Content, bool) {
	if i := m.GetImageMessage(); i != nil {
		return Content{Kind: chat.TypeImage, Body: i.GetCaption(), Context: i.GetContextInfo(),
			Media: media(i.GetMimetype(), "", i.GetFileLength())}, true
	}
	if v := Video(m); v != nil {
		return Content{Kind: chat.TypeVideo, Body: v.GetCaption(), Context: v.GetContextInfo(),
			Media: media(v.GetMimetype(), "", v.GetFileLength())}, true
	}
	if a := m.GetAudioMessage(); a != nil {
		kind := chat.TypeAudio
		if a.GetPTT() {
			kind = chat.TypeVoice
		}
		return Content{Kind: kind, Context: a.GetContextInfo(), Media: media(a.GetMimetype(), "", a.GetFileLength())}, true
	}
	if d := m.GetDocumentMessage(); d != nil {
		name := d.GetFileName()
		if name == "" {
			name = d.GetTitle()
		}
		return Content{Kind: chat.TypeDocument, Body: d.GetCaption(), Context: d.GetContextInfo(),
			Media: media(d.GetMimetype(), name, d.GetFileLength())}, true
	}
	if s := m.GetStickerMessage(); s != nil {
		return Content{Kind: chat.TypeSticker, Context: s.GetContextInfo(), Media: media(s.GetMimetype(), "", s.GetFileLength())}, true
	}
	return Content{}, false
}

// maxMIMEType is the maximum length of a file's MIME type in bytes.
const maxMIMEType = 255

func media(mimeType, filename string, size uint64) *chat.Media {
	const most = 1 << 62 // beyond any file, and within int64
	return &chat.Media{MIMEType: Shortened(mimeType, maxMIMEType), Filename: Shortened(filename, MaxName), Size: int64(min(size, most))}
}

func placeContent(m *waE2E.Message) (Content, bool) {
	if l := m.GetLocationMessage(); l != nil {
		return Content{Kind: chat.TypeLocation, Body: l.GetName(), Context: l.GetContextInfo(), Location: &chat.Location{
			Latitude: l.GetDegreesLatitude(), Longitude: l.GetDegreesLongitude(), Live: l.GetIsLive(),
			Name: l.GetName(), Address: l.GetAddress(), URL: l.GetURL(),
			Description: l.GetComment(), Thumbnail: l.GetJPEGThumbnail(),
		}}, true
	}
	if l := m.GetLiveLocationMessage(); l != nil {
		return Content{Kind: chat.TypeLocation, Body: l.GetCaption(), Context: l.GetContextInfo(), Location: &chat.Location{
			Latitude: l.GetDegreesLatitude(), Longitude: l.GetDegreesLongitude(), Live: true,
			Description: l.GetCaption(), Thumbnail: l.GetJPEGThumbnail(),
		}}, true
	}
	return Content{}, false
}

func contactContent(m *waE2E.Message) (Content, bool) {
	if c := m.GetContactMessage(); c != nil {
		return Content{Kind: chat.TypeContact, Body: c.GetDisplayName(), VCards: []string{c.GetVcard()}, Context: c.GetContextInfo()}, true
	}
	if a := m.GetContactsArrayMessage(); a != nil {
		out := Content{Kind: chat.TypeContact, Body: a.GetDisplayName(), Context: a.GetContextInfo()}
		for _, c := range a.GetContacts() {
			out.VCards = append(out.VCards, c.GetVcard())
		}
		return out, true
	}
	return Content{}, false
}

// pollContent shows a poll as its question followed by the options.
func pollContent(m *waE2E.Message) (Content, bool) {
	p := Poll(m)
	if p == nil {
		return Content{}, false
	}
	lines := []string{p.GetName()}
	for _, o := range p.GetOptions() {
		lines = append(lines, o.GetOptionName())
	}
	return Content{Kind: chat.TypePoll, Body: strings.Join(lines, "\n"), Context: p.GetContextInfo()}, true
}
