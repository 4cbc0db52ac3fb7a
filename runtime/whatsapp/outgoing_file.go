package whatsapp

import (
	"context"
	"fmt"
	"os"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"google.golang.org/protobuf/proto"

	"github.com/wasession/wasession/runtime/chat"
)

// uploaded is an attachment that WhatsApp has, and what is known of it.
type uploaded struct {
	whatsmeow.UploadResponse
	facts facts
}

// uploadKinds are the classes of media in which WhatsApp keeps attachments.
var uploadKinds = map[chat.MessageType]whatsmeow.MediaType{
	chat.TypeImage: whatsmeow.MediaImage, chat.TypeVideo: whatsmeow.MediaVideo,
	chat.TypeAudio: whatsmeow.MediaAudio, chat.TypeVoice: whatsmeow.MediaAudio,
	chat.TypeDocument: whatsmeow.MediaDocument,
}

// upload encrypts a file and hands it to WhatsApp. It goes through a temporary
// file, never through memory.
func (a *Account) upload(ctx context.Context, c *whatsmeow.Client, file chat.OutgoingFile) (uploaded, error) {
	kind, ok := uploadKinds[file.Kind]
	if !ok {
		return uploaded{}, fmt.Errorf("send: a file cannot be sent as %s", file.Kind)
	}
	plain, err := os.Open(file.Path)
	if err != nil {
		return uploaded{}, fmt.Errorf("upload: %w", err)
	}
	defer plain.Close()
	sealed, err := os.CreateTemp(a.opts.Dir, ".upload-*")
	if err != nil {
		return uploaded{}, fmt.Errorf("upload: %w", err)
	}
	defer func() {
		_ = sealed.Close()
		_ = os.Remove(sealed.Name())
	}()
	out := uploaded{facts: factsOf(plain, file.Kind)}
	if out.UploadResponse, err = c.UploadReader(ctx, plain, sealed, kind); err != nil {
		return uploaded{}, fmt.Errorf("%w: the file could not be uploaded: %w", chat.ErrNotSent, err)
	}
	return out, nil
}

// fileMessage is the message with an uploaded file.
func fileMessage(c chat.OutgoingFile, f uploaded) (*waE2E.Message, error) {
	mimetype, caption := proto.String(c.MIMEType), given(c.Caption)
	switch c.Kind {
	case chat.TypeImage:
		return &waE2E.Message{ImageMessage: &waE2E.ImageMessage{
			URL: &f.URL, DirectPath: &f.DirectPath, MediaKey: f.MediaKey, FileSHA256: f.FileSHA256, FileEncSHA256: f.FileEncSHA256,
			FileLength: &f.FileLength, Mimetype: mimetype, Caption: caption,
			Width: measured(f.facts.width), Height: measured(f.facts.height), JPEGThumbnail: f.facts.thumbnail,
		}}, nil
	case chat.TypeVideo:
		video := &waE2E.VideoMessage{
			URL: &f.URL, DirectPath: &f.DirectPath, MediaKey: f.MediaKey, FileSHA256: f.FileSHA256, FileEncSHA256: f.FileEncSHA256,
			FileLength: &f.FileLength, Mimetype: mimetype, Caption: caption,
		}
		if c.Note {
			video.Caption = nil // round notes have none
			return &waE2E.Message{PtvMessage: video}, nil
		}
		return &waE2E.Message{VideoMessage: video}, nil
	case chat.TypeAudio, chat.TypeVoice:
		return &waE2E.Message{AudioMessage: &waE2E.AudioMessage{
			URL: &f.URL, DirectPath: &f.DirectPath, MediaKey: f.MediaKey, FileSHA256: f.FileSHA256, FileEncSHA256: f.FileEncSHA256,
			FileLength: &f.FileLength, Mimetype: mimetype, Seconds: measured(f.facts.seconds), PTT: proto.Bool(c.Kind == chat.TypeVoice),
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

// measured is a figure that may not be known.
func measured(n uint32) *uint32 {
	if n == 0 {
		return nil
	}
	return &n
}
