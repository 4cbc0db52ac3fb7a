package httpapi

import (
	"encoding/hex"
	"errors"
	"net/http"
	"strings"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/linkpreview"
	"github.com/wasession/wasession/runtime/wire"
)

// published are the fields common to all statuses.
type published struct {
	ID       stanza     `json:"id" doc:"ID of the new status, from new-message-id. The same request with the same ID publishes nothing more and gets the first answer, for 24 hours"`
	Contacts audienceIn `json:"contacts" max:"1024" doc:"Contacts who get the status, except those whom the account's privacy settings exclude; everyone whom the settings name by default"`
}

// replying is where a status goes.
func (p published) replying() replying {
	return replying{addressed: addressed{ChatID: chatID{chat.StatusBroadcast}, ID: p.ID}}
}

type audienceIn []viewer

func (in audienceIn) ids() (ids []chat.ID) {
	for _, v := range in {
		ids = append(ids, v.ID)
	}
	return ids
}

// viewer is a contact who gets a status.
type viewer struct{ chat.ID }

// UnmarshalText implements encoding.TextUnmarshaler.
func (v *viewer) UnmarshalText(text []byte) (err error) {
	if v.ID, err = chat.ParseID(string(text)); err == nil && v.Kind() != chat.KindDirect {
		err = errors.New("must be a contact, not a group or a list")
	}
	return err
}

// color is an opaque color as WhatsApp has it, ARGB; 0 if none was given.
type color uint32

const defaultColor color = 0xFF38B42F

// UnmarshalText implements encoding.TextUnmarshaler.
func (c *color) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		return nil
	}
	rgb, err := hex.DecodeString(strings.TrimPrefix(string(text), "#"))
	if err != nil || len(rgb) != 3 {
		return errors.New("must be a color such as #38b42f")
	}
	*c = color(0xFF<<24 | uint32(rgb[0])<<16 | uint32(rgb[1])<<8 | uint32(rgb[2]))
	return nil
}

func (c color) argb() uint32 {
	if c == 0 {
		c = defaultColor
	}
	return uint32(c)
}

type textStatusIn struct {
	Body struct {
		published
		Text        string `json:"text" required:"true" max:"65536"`
		Background  color  `json:"backgroundColor" doc:"Color behind the text, such as #38b42f"`
		Font        int64  `json:"font" enum:"0,1,2,3,4,5,6,7,8,9,10" doc:"Number of WhatsApp's font"`
		LinkPreview bool   `json:"linkPreview" default:"true" doc:"Add a preview of the first link in the text"`
		HighQuality bool   `json:"linkPreviewHighQuality" doc:"Accepted for compatibility; previews are always small"`
	} `body:"json"`
}

func (a *API) publishText(r *http.Request, in textStatusIn) (wire.Message, error) {
	b := in.Body
	content := chat.OutgoingText{Text: b.Text, Style: &chat.TextStyle{Background: b.Background.argb(), Font: int32(b.Font)}}
	if link := linkpreview.Link(b.Text); b.LinkPreview && link != "" {
		content.Preview = a.preview(r.Context(), link)
	}
	return a.dispatch(r, b.replying(), chat.Outgoing{Content: content, Audience: b.Contacts.ids()})
}

type statusFile struct {
	published
	File attachment `json:"file"`
}

func (s statusFile) body(caption string) fileBody {
	return fileBody{replying: s.replying(), File: s.File, Caption: caption}
}

type imageStatusIn struct {
	Body struct {
		statusFile
		Caption string `json:"caption" max:"65536"`
	} `body:"json"`
}

func (a *API) publishImage(r *http.Request, in imageStatusIn) (wire.Message, error) {
	content := chat.OutgoingFile{Kind: chat.TypeImage, MIMEType: "image/jpeg"}
	return a.sendAttachment(r, in.Body.body(in.Body.Caption), content, false, in.Body.Contacts.ids()...)
}

type voiceStatusIn struct {
	Body struct {
		statusFile
		Convert    bool  `json:"convert" doc:"Convert what phones cannot play to Ogg Opus. Needs ffmpeg, which a tag of the image has"`
		Background color `json:"backgroundColor" doc:"Color behind the player, such as #38b42f"`
	} `body:"json"`
}

func (a *API) publishVoice(r *http.Request, in voiceStatusIn) (wire.Message, error) {
	content := chat.OutgoingFile{Kind: chat.TypeVoice, MIMEType: voiceType, Background: in.Body.Background.argb()}
	return a.sendAttachment(r, in.Body.body(""), content, in.Body.Convert, in.Body.Contacts.ids()...)
}

type videoStatusIn struct {
	Body struct {
		statusFile
		Convert bool   `json:"convert" doc:"Convert what phones cannot play to MP4. Needs ffmpeg, which a tag of the image has"`
		Caption string `json:"caption" max:"65536"`
	} `body:"json"`
}

func (a *API) publishVideo(r *http.Request, in videoStatusIn) (wire.Message, error) {
	content := chat.OutgoingFile{Kind: chat.TypeVideo, MIMEType: videoType}
	return a.sendAttachment(r, in.Body.body(in.Body.Caption), content, in.Body.Convert, in.Body.Contacts.ids()...)
}

type deleteStatusIn struct {
	Body struct {
		ID       anyMessageID `json:"id" required:"true" doc:"ID of the status"`
		Contacts audienceIn   `json:"contacts" max:"1024" doc:"Contacts for whom it is deleted; those it was published to by default"`
	} `body:"json"`
}

func (a *API) deleteStatus(r *http.Request, in deleteStatusIn) (wire.Sent, error) {
	m, err := a.messageOf(r.Context(), chat.StatusBroadcast, in.Body.ID)
	switch {
	case err != nil:
		return wire.Sent{}, err
	case !m.FromMe:
		return wire.Sent{}, badRequest("id must be of a status you published")
	}
	return a.sent(a.Live.RevokeMessage(r.Context(), m, in.Body.Contacts.ids()...))
}
