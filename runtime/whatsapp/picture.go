package whatsapp

import (
	"context"
	"errors"
	"fmt"
	"os"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/types"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/whatsapp/compose"
	"github.com/wasession/wasession/runtime/whatsapp/jid"
)

// Picture returns the URL of a chat's picture; empty if it has none or the
// account may not see it.
func (a *Account) Picture(ctx context.Context, id chat.ID) (url string, err error) {
	c, err := a.online()
	if err != nil {
		return "", err
	}
	if id.Kind() == chat.KindNewsletter {
		channel, err := a.Channel(ctx, id)
		return channel.Picture, err
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

// SetGroupPicture replaces a group's picture with the image in a file; an empty path
// removes it.
func (a *Account) SetGroupPicture(ctx context.Context, id chat.ID, path string) error {
	return a.setPicture(ctx, jid.Of(id), id, path)
}

// SetProfilePicture replaces the account's own picture in the same way.
func (a *Account) SetProfilePicture(ctx context.Context, path string) error {
	return a.setPicture(ctx, types.EmptyJID, a.Me().ID, path) // WhatsApp takes no target for it
}

// setPicture replaces the picture of target, which is cached under id.
func (a *Account) setPicture(ctx context.Context, target types.JID, id chat.ID, path string) error {
	const what = "changing the picture"
	c, err := a.online()
	if err != nil {
		return err
	}
	picture, err := pictureOf(path)
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	switch _, err := c.SetGroupPhoto(ctx, target, picture); {
	case errors.Is(err, whatsmeow.ErrInvalidImageFormat):
		return fmt.Errorf("%s: %w: it does not accept the image", what, chat.ErrRefused)
	case err != nil:
		return fmt.Errorf("%s: %w", what, groupFailure(err))
	}
	a.opts.Handler.PictureChanged(context.WithoutCancel(ctx), id, picture == nil)
	return nil
}

// pictureOf returns the picture made from a file; nil without one.
func pictureOf(path string) ([]byte, error) {
	if path == "" {
		return nil, nil
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return compose.Picture(file)
}
