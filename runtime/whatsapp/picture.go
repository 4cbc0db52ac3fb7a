package whatsapp

import (
	"context"
	"errors"
	"fmt"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/whatsapp/jid"
	"go.mau.fi/whatsmeow"
)

// Picture returns the URL of a chat's picture; empty if it has none or the
// account may not see it.
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
		return "", fmt.Errorf("getting the picture: %w", failure(err))
	case info == nil:
		return "", nil
	}
	return info.URL, nil
}
