package httpapi

import (
	"net/http"
	"os"
	"strings"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/wire"
)

type customPreviewIn struct {
	Body struct {
		replying
		Text        string `json:"text" required:"true" max:"65536" doc:"Must contain the url of the preview"`
		HighQuality bool   `json:"linkPreviewHighQuality" doc:"Accepted for compatibility; previews are always small"`
		Preview     struct {
			URL         string     `json:"url" required:"true" max:"8192"`
			Title       string     `json:"title" required:"true" max:"1024"`
			Description string     `json:"description" max:"4096"`
			Image       attachment `json:"image"`
		} `json:"preview"`
	} `body:"json"`
}

// sendCustomPreview sends a text with a custom link preview.
func (a *API) sendCustomPreview(r *http.Request, in customPreviewIn) (wire.Message, error) {
	p := in.Body.Preview
	if !strings.Contains(in.Body.Text, p.URL) {
		return wire.Message{}, badRequest("text must contain the url of the preview")
	}
	preview := &chat.LinkPreview{URL: p.URL, Title: p.Title, Description: p.Description}
	if p.Image.URL != "" || p.Image.Data != "" {
		file, err := a.takeFile(r, "preview.image", p.Image)
		if err != nil {
			return wire.Message{}, err
		}
		defer file.Remove()
		encoded, err := os.ReadFile(file.Path)
		if err != nil {
			return wire.Message{}, err
		}
		preview.Thumbnail = a.Previews.Thumbnail(encoded)
	}
	return a.dispatch(r, in.Body.replying, chat.Outgoing{Content: chat.OutgoingText{Text: in.Body.Text, Preview: preview}})
}
