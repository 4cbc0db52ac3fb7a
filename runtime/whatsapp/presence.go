package whatsapp

import (
	"context"
	"errors"
	"fmt"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/whatsapp/jid"
	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/types"
)

// Show tells a chat what the account's person is doing there.
func (a *Account) Show(ctx context.Context, id chat.ID, doing chat.Doing) error {
	c, err := a.online()
	if err != nil {
		return err
	}
	state, media := types.ChatPresenceComposing, types.ChatPresenceMediaText
	switch doing {
	case chat.DoingNothing:
		state = types.ChatPresencePaused
	case chat.DoingRecording:
		media = types.ChatPresenceMediaAudio
	}
	if err := c.SendChatPresence(ctx, jid.Of(id), state, media); err != nil {
		return fmt.Errorf("show what is being done: %w", failure(err))
	}
	return nil
}

// SetOnline shows the account as online or not. While it is online phones may
// keep their notifications to themselves.
func (a *Account) SetOnline(ctx context.Context, online bool) error {
	c, err := a.online()
	if err != nil {
		return err
	}
	presence := types.PresenceUnavailable
	if online {
		presence = types.PresenceAvailable
	}
	err = c.SendPresence(ctx, presence)
	if errors.Is(err, whatsmeow.ErrNoPushName) {
		return chat.Impossible("the account's name is not known yet")
	}
	if err != nil {
		return fmt.Errorf("set the presence: %w", failure(err))
	}
	return nil
}
