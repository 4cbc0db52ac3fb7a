package compose

import (
	"fmt"

	"github.com/wasession/wasession/runtime/chat"
	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"google.golang.org/protobuf/proto"
)

// Uploaded is an uploaded attachment with its facts.
type Uploaded struct {
	whatsmeow.UploadResponse
	Facts Facts
}

// fileMessage returns the message for an uploaded file.
func fileMessage(c chat.OutgoingFile, f Uploaded) (*waE2E.Message, error) {
	mimetype, caption := proto.String(c.MIMEType), given(c.Caption)
	switch c.Kind {
	case chat.TypeImage:
		return &waE2E.Message{ImageMessage: &waE2E.ImageMessage{
			URL: &f.URL, DirectPath: &f.DirectPath, MediaKey: f.MediaKey, FileSHA256: f.FileSHA256, FileEncSHA256: f.FileEncSHA256,
			FileLength: &f.FileLength, Mimetype: mimetype, Caption: caption,
			Width: measured(f.Facts.width), Height: measured(f.Facts.height), JPEGThumbnail: f.Facts.thumbnail,
		}}, nil
	case chat.TypeVideo:
		video := &waE2E.VideoMessage{
			URL: &f.URL, DirectPath: &f.DirectPath, MediaKey: f.MediaKey, FileSHA256: f.FileSHA256, FileEncSHA256: f.FileEncSHA256,
			FileLength: &f.FileLength, Mimetype: mimetype, Caption: caption,
		}
		if c.Note {
			video.Caption = nil // video notes have none
			return &waE2E.Message{PtvMessage: video}, nil
		}
		return &waE2E.Message{VideoMessage: video}, nil
	case chat.TypeAudio, chat.TypeVoice:
		return &waE2E.Message{AudioMessage: &waE2E.AudioMessage{
			URL: &f.URL, DirectPath: &f.DirectPath, MediaKey: f.MediaKey, FileSHA256: f.FileSHA256, FileEncSHA256: f.FileEncSHA256,
			FileLength: &f.FileLength, Mimetype: mimetype, Seconds: measured(f.Facts.seconds), PTT: proto.Bool(c.Kind == chat.TypeVoice),
			BackgroundArgb: measured(c.Background),
		}}, nil
	case chat.TypeDocument:
		document := &waE2E.Message{DocumentMessage: &waE2E.DocumentMessage{
			URL: &f.URL, DirectPath: &f.DirectPath, MediaKey: f.MediaKey, FileSHA256: f.FileSHA256, FileEncSHA256: f.FileEncSHA256,
			FileLength: &f.FileLength, Mimetype: mimetype, Caption: caption, FileName: given(c.Filename), Title: given(c.Filename),
		}}
		return document, nil
	}
	return nil, fmt.Errorf("send: a file cannot be sent as %s", c.Kind)
}

// measured returns nil for an unknown figure.
func measured(n uint32) *uint32 {
	if n == 0 {
		return nil
	}
	return &n
}
