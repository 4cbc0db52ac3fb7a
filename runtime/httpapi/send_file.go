package httpapi

import (
	"cmp"
	"errors"
	"mime"
	"net/http"
	"strings"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/egress"
	"github.com/wasession/wasession/runtime/intake"
	"github.com/wasession/wasession/runtime/wire"
)

// attachment is a file in a body: a URL, or base64.
type attachment struct {
	URL      string `json:"url" max:"8192" doc:"URL to download the file from; either url or data"`
	Data     inline `json:"data" doc:"Content in base64"`
	MIMEType string `json:"mimetype" max:"255" doc:"Detected from the content by default"`
	Filename string `json:"filename" max:"1024" doc:"File name shown for documents"`
}

// inline is a file's content in base64, or its placeholder.
type inline string

// UnmarshalText implements encoding.TextUnmarshaler.
func (i *inline) UnmarshalText(text []byte) error {
	*i = inline(text)
	return nil
}

type fileBody struct {
	replying
	File     attachment `json:"file"`
	Caption  string     `json:"caption" max:"65536"`
	Mentions []mention  `json:"mentions" max:"1024" doc:"Contacts mentioned in the caption as @<number>; all mentions everybody in a group"`
}

type sendFileIn struct {
	Body fileBody `body:"json"`
}

func (a *API) sendImage(r *http.Request, in sendFileIn) (wire.Message, error) {
	return a.sendAttachment(r, in.Body, chat.OutgoingFile{Kind: chat.TypeImage, MIMEType: "image/jpeg"}, false)
}

func (a *API) sendFile(r *http.Request, in sendFileIn) (wire.Message, error) {
	return a.sendAttachment(r, in.Body, chat.OutgoingFile{Kind: chat.TypeDocument}, false)
}

type convertible struct {
	fileBody
	Convert bool `json:"convert" doc:"Convert what phones cannot play: to Ogg Opus, or MP4. Needs ffmpeg, which a tag of the image has"`
}

type sendVoiceIn struct {
	Body convertible `body:"json"`
}

func (a *API) sendVoice(r *http.Request, in sendVoiceIn) (wire.Message, error) {
	b := in.Body.fileBody
	b.Caption = "" // voice messages have none
	return a.sendAttachment(r, b, chat.OutgoingFile{Kind: chat.TypeVoice, MIMEType: voiceType}, in.Body.Convert)
}

type sendVideoIn struct {
	Body struct {
		convertible
		AsNote bool `json:"asNote" doc:"Send as a round video note"`
	} `body:"json"`
}

func (a *API) sendVideo(r *http.Request, in sendVideoIn) (wire.Message, error) {
	return a.sendAttachment(r, in.Body.fileBody, chat.OutgoingFile{Kind: chat.TypeVideo, MIMEType: videoType, Note: in.Body.AsNote}, in.Body.Convert)
}

// sendAttachment stores a file and sends it; viewers are the audience of a status.
func (a *API) sendAttachment(r *http.Request, b fileBody, content chat.OutgoingFile, convert bool, viewers ...chat.ID) (wire.Message, error) {
	mentions, err := a.mentions(r.Context(), b.ChatID.ID, b.Mentions)
	if err != nil {
		return wire.Message{}, err
	}
	file, err := a.takeFile(r, "file", b.File)
	if err != nil {
		return wire.Message{}, err
	}
	defer func() { file.Remove() }()
	content.Caption = b.Caption
	if convert {
		before := file.Path
		if file, err = a.converted(r.Context(), file, content.Kind); err != nil {
			return wire.Message{}, err
		}
		if file.Path != before {
			b.File.MIMEType = content.MIMEType // what the client said was of the file it sent
		}
	}
	content.Path, content.MIMEType = file.Path, typeOf(content, b.File.MIMEType, file.MIMEType)
	content.Filename = b.File.Filename
	if content.Filename == "" {
		content.Filename = file.Name
	}
	return a.dispatch(r, b.replying, chat.Outgoing{Content: content, Mentions: mentions, Audience: viewers})
}

// takeFile stores a file of a body on disk; name is its member in the body, empty
// if it is the body.
func (a *API) takeFile(r *http.Request, name string, in attachment) (f intake.File, err error) {
	dot := ""
	if name != "" {
		dot = name + "."
	}
	name = cmp.Or(name, "body")
	switch {
	case (in.URL == "") == (in.Data == ""):
		return f, badRequest(name + " must have either a url or data")
	case in.URL != "":
		if _, err := egress.ParseURL(in.URL); err != nil {
			return f, badRequest(dot + "url " + err.Error())
		}
		f, err = a.Intake.Fetch(r.Context(), in.URL)
	default:
		var ok bool
		if f, ok = partOf(r, string(in.Data)); !ok {
			f, err = a.Intake.Decode(string(in.Data))
		}
	}
	switch {
	case errors.Is(err, intake.ErrNotBase64):
		return f, badRequest(dot + "data must be base64")
	case errors.Is(err, intake.ErrTooLarge), errors.Is(err, intake.ErrNotFetched):
		return f, unprocessable(sentence(err))
	case err != nil:
		return f, err
	}
	if f.Size == 0 {
		f.Remove()
		return f, badRequest(name + " is empty")
	}
	return f, nil
}

// typeOf is the MIME type to send a file with: the one the client gave, else the
// detected one if it fits the kind of message.
func typeOf(c chat.OutgoingFile, said, looks string) string {
	if _, _, err := mime.ParseMediaType(said); err == nil {
		return said
	}
	sort, _, _ := strings.Cut(c.MIMEType, "/")
	if c.MIMEType == "" || strings.HasPrefix(looks, sort+"/") {
		return looks
	}
	return c.MIMEType
}
