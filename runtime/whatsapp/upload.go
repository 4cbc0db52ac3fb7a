package whatsapp

import (
	"context"
	"fmt"
	"io"
	"os"

	"go.mau.fi/whatsmeow"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/whatsapp/compose"
)

// uploadKinds are WhatsApp's media types for attachments.
var uploadKinds = map[chat.MessageType]whatsmeow.MediaType{
	chat.TypeImage: whatsmeow.MediaImage, chat.TypeVideo: whatsmeow.MediaVideo,
	chat.TypeAudio: whatsmeow.MediaAudio, chat.TypeVoice: whatsmeow.MediaAudio,
	chat.TypeDocument: whatsmeow.MediaDocument,
}

// upload encrypts a file into a temporary file and uploads that. Neither is held
// in memory. Files for channels are not encrypted.
func (a *Account) upload(ctx context.Context, c *whatsmeow.Client, file chat.OutgoingFile, to chat.ID) (compose.Uploaded, error) {
	kind, ok := uploadKinds[file.Kind]
	if !ok {
		return compose.Uploaded{}, fmt.Errorf("send: a file cannot be sent as %s", file.Kind)
	}
	plain, err := os.Open(file.Path)
	if err != nil {
		return compose.Uploaded{}, fmt.Errorf("upload: %w", err)
	}
	defer plain.Close()
	out := compose.Uploaded{Facts: compose.FactsOf(plain, file.Kind)}
	if to.Kind() == chat.KindNewsletter {
		if _, err := plain.Seek(0, io.SeekStart); err != nil {
			return compose.Uploaded{}, fmt.Errorf("upload: %w", err)
		}
		out.UploadResponse, err = c.UploadNewsletterReader(ctx, plain, kind)
		return out, notUploaded(err)
	}
	sealed, err := os.CreateTemp(a.opts.Dir, ".upload-*")
	if err != nil {
		return compose.Uploaded{}, fmt.Errorf("upload: %w", err)
	}
	defer func() {
		_ = sealed.Close()
		_ = os.Remove(sealed.Name())
	}()
	out.UploadResponse, err = c.UploadReader(ctx, plain, sealed, kind)
	return out, notUploaded(err)
}

func notUploaded(err error) error {
	if err == nil {
		return nil
	}
	if l, often := limited(err); often {
		return fmt.Errorf("%w: %w", l, err)
	}
	return fmt.Errorf("%w: the file could not be uploaded: %w", chat.ErrNotSent, err)
}
