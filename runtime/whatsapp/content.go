package whatsapp

import (
	"strings"

	"go.mau.fi/whatsmeow/proto/waE2E"

	"github.com/wasession/wasession/runtime/chat"
)

// content is what a message shows, apart from who sent it where and when.
type content struct {
	kind     chat.MessageType
	body     string
	media    *chat.Media
	location *chat.Location
	vcards   []string
	context  *waE2E.ContextInfo
}

// contentOf reads an unwrapped message. ok is false for messages that show
// nothing: protocol messages, keys, reactions, votes.
func contentOf(m *waE2E.Message) (c content, ok bool) {
	if m == nil {
		return content{}, false
	}
	for _, read := range []func(*waE2E.Message) (content, bool){
		textContent, mediaContent, placeContent, contactContent, pollContent, menuContent, otherContent,
	} {
		if c, ok = read(m); ok {
			return c, true
		}
	}
	return content{}, false
}

func textContent(m *waE2E.Message) (content, bool) {
	if m.Conversation != nil {
		return content{kind: chat.TypeText, body: m.GetConversation()}, true
	}
	if t := m.GetExtendedTextMessage(); t != nil {
		return content{kind: chat.TypeText, body: t.GetText(), context: t.GetContextInfo()}, true
	}
	return content{}, false
}

func mediaContent(m *waE2E.Message) (content, bool) {
	if i := m.GetImageMessage(); i != nil {
		return content{kind: chat.TypeImage, body: i.GetCaption(), context: i.GetContextInfo(),
			media: media(i.GetMimetype(), "", i.GetFileLength())}, true
	}
	if v := videoOf(m); v != nil {
		return content{kind: chat.TypeVideo, body: v.GetCaption(), context: v.GetContextInfo(),
			media: media(v.GetMimetype(), "", v.GetFileLength())}, true
	}
	if a := m.GetAudioMessage(); a != nil {
		kind := chat.TypeAudio
		if a.GetPTT() {
			kind = chat.TypeVoice
		}
		return content{kind: kind, context: a.GetContextInfo(), media: media(a.GetMimetype(), "", a.GetFileLength())}, true
	}
	if d := m.GetDocumentMessage(); d != nil {
		name := d.GetFileName()
		if name == "" {
			name = d.GetTitle()
		}
		return content{kind: chat.TypeDocument, body: d.GetCaption(), context: d.GetContextInfo(),
			media: media(d.GetMimetype(), name, d.GetFileLength())}, true
	}
	if s := m.GetStickerMessage(); s != nil {
		return content{kind: chat.TypeSticker, context: s.GetContextInfo(), media: media(s.GetMimetype(), "", s.GetFileLength())}, true
	}
	return content{}, false
}

// maxMIMEType bounds the type that a sender gives a file, in bytes.
const maxMIMEType = 255

func media(mimeType, filename string, size uint64) *chat.Media {
	const most = 1 << 62 // beyond any file, and within int64
	return &chat.Media{MIMEType: shortened(mimeType, maxMIMEType), Filename: shortened(filename, maxName), Size: int64(min(size, most))}
}

func placeContent(m *waE2E.Message) (content, bool) {
	if l := m.GetLocationMessage(); l != nil {
		return content{kind: chat.TypeLocation, body: l.GetName(), context: l.GetContextInfo(), location: &chat.Location{
			Latitude: l.GetDegreesLatitude(), Longitude: l.GetDegreesLongitude(), Live: l.GetIsLive(),
			Name: l.GetName(), Address: l.GetAddress(), URL: l.GetURL(),
			Description: l.GetComment(), Thumbnail: l.GetJPEGThumbnail(),
		}}, true
	}
	if l := m.GetLiveLocationMessage(); l != nil {
		return content{kind: chat.TypeLocation, body: l.GetCaption(), context: l.GetContextInfo(), location: &chat.Location{
			Latitude: l.GetDegreesLatitude(), Longitude: l.GetDegreesLongitude(), Live: true,
			Description: l.GetCaption(), Thumbnail: l.GetJPEGThumbnail(),
		}}, true
	}
	return content{}, false
}

func contactContent(m *waE2E.Message) (content, bool) {
	if c := m.GetContactMessage(); c != nil {
		return content{kind: chat.TypeContact, body: c.GetDisplayName(), vcards: []string{c.GetVcard()}, context: c.GetContextInfo()}, true
	}
	if a := m.GetContactsArrayMessage(); a != nil {
		out := content{kind: chat.TypeContact, body: a.GetDisplayName(), context: a.GetContextInfo()}
		for _, c := range a.GetContacts() {
			out.vcards = append(out.vcards, c.GetVcard())
		}
		return out, true
	}
	return content{}, false
}

// pollContent shows a poll as its question and the options below it.
func pollContent(m *waE2E.Message) (content, bool) {
	p := pollOf(m)
	if p == nil {
		return content{}, false
	}
	lines := []string{p.GetName()}
	for _, o := range p.GetOptions() {
		lines = append(lines, o.GetOptionName())
	}
	return content{kind: chat.TypePoll, body: strings.Join(lines, "\n"), context: p.GetContextInfo()}, true
}
