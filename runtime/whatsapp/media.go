package whatsapp

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"google.golang.org/protobuf/proto"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/whatsapp/content"
	"github.com/wasession/wasession/runtime/whatsapp/jid"
)

// Picture asks for the address of a chat's picture; empty where it has none
// that the account may see.
func (a *Account) Picture(ctx context.Context, id chat.ID) (url string, err error) {
	c, err := a.online()
	if err != nil {
		return "", err
	}
	info, err := c.GetProfilePictureInfo(ctx, jid.Of(id), &whatsmeow.GetProfilePictureParams{})
	switch {
	case errors.Is(err, whatsmeow.ErrProfilePictureNotSet), errors.Is(err, whatsmeow.ErrProfilePictureUnauthorized):
		return "", nil
	case err != nil:
		return "", fmt.Errorf("ask for the picture: %w", failure(err))
	case info == nil:
		return "", nil
	}
	return info.URL, nil
}

// Download writes a message's attachment to an empty file, decrypted and
// verified. After an error the file holds anything: what WhatsApp's server sends
// is checked only once all of it is there. The error is ErrNoMedia where it is
// not available, now or later.
func (a *Account) Download(ctx context.Context, m chat.Message, f chat.File) error {
	c, err := a.online()
	if err != nil {
		return err
	}
	part, err := attachment(m.Raw)
	if err != nil {
		return err
	}
	if path := part.GetDirectPath(); path != "" && !sound(path) {
		return fmt.Errorf("%w: its path is not one of WhatsApp's", chat.ErrNoMedia)
	}
	if err := c.DownloadToFile(ctx, part, f); err != nil {
		if isGone(err) || errors.Is(err, whatsmeow.ErrNoURLPresent) {
			return fmt.Errorf("%w: WhatsApp no longer holds it", chat.ErrNoMedia)
		}
		return fmt.Errorf("download media: %w", failure(err))
	}
	return nil
}

// leftovers are the files that a process may leave half written when it is
// killed. Earlier versions also downloaded into the data directory.
var leftovers = []string{".download-*", ".upload-*", ".tmp-*"}

// sweep removes what an earlier process left half written in a directory.
func sweep(dir string) error {
	var all error
	for _, pattern := range leftovers {
		left, err := filepath.Glob(filepath.Join(dir, pattern))
		all = errors.Join(all, err)
		for _, path := range left {
			all = errors.Join(all, os.Remove(path))
		}
	}
	return all
}

// attachment is the part of a stored message that can be downloaded.
func attachment(raw []byte) (whatsmeow.DownloadableMessage, error) {
	var msg waE2E.Message
	if err := proto.Unmarshal(raw, &msg); err != nil {
		return nil, fmt.Errorf("%w: it is not known in full", chat.ErrNoMedia)
	}
	inner := content.Unwrap(&msg)
	switch {
	case inner.GetImageMessage() != nil:
		return inner.GetImageMessage(), nil
	case content.Video(inner) != nil:
		return content.Video(inner), nil
	case inner.GetAudioMessage() != nil:
		return inner.GetAudioMessage(), nil
	case inner.GetDocumentMessage() != nil:
		return inner.GetDocumentMessage(), nil
	case inner.GetStickerMessage() != nil:
		return inner.GetStickerMessage(), nil
	}
	return nil, chat.ErrNoMedia
}
