package whatsapp

import (
	"context"
	"errors"
	"fmt"

	"go.mau.fi/whatsmeow/appstate"
	"go.mau.fi/whatsmeow/types"

	"github.com/wasession/wasession/runtime/chat"
)

// SetName changes the account's push name, for its other devices and for the people
// it writes to.
func (a *Account) SetName(ctx context.Context, name string) error {
	if err := a.share(ctx, appstate.BuildSettingPushName(name)); err != nil {
		return err
	}
	// WhatsApp puts the name that came with the last presence on messages.
	return a.sendPresence(ctx, a.presence())
}

// SetAbout changes the account's about text; an empty one removes it.
func (a *Account) SetAbout(ctx context.Context, text string) error {
	c, err := a.online()
	if err != nil {
		return err
	}
	err = c.SetStatusMessage(ctx, types.SetStatusInput{Text: &text})
	switch {
	case errors.As(err, &types.GraphQLErrors{}):
		return fmt.Errorf("changing the about text: %w: %w", chat.ErrRefused, err)
	case err != nil:
		return fmt.Errorf("changing the about text: %w", failure(err))
	}
	return nil
}
