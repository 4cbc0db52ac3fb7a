package whatsapp

import (
	"context"
	"errors"
	"fmt"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"google.golang.org/protobuf/proto"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/whatsapp/content"
)

// Download writes a message's attachment to an empty file, decrypted and
// verified. The content is verified only once it is complete: after an error the
// file may hold anything. ErrNoMedia means that it is not available, now or
// later.
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
		return fmt.Errorf("%w: its path is not valid", chat.ErrNoMedia)
	}
	if err := c.DownloadToFile(ctx, part, f); err != nil {
		if isGone(err) || errors.Is(err, whatsmeow.ErrNoURLPresent) {
			return fmt.Errorf("%w: WhatsApp no longer has it", chat.ErrNoMedia)
		}
		return fmt.Errorf("downloading media: %w", failure(err))
	}
	return nil
}

// attachment returns the part of a stored message that can be downloaded.
func attachment(raw []byte) (whatsmeow.DownloadableMessage, error) {
	var msg waE2E.Message
	if err := proto.Unmarshal(raw, &msg); err != nil {
		return nil, fmt.Errorf("%w: it is not stored in full", chat.ErrNoMedia)
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
