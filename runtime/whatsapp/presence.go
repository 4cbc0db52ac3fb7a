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

// Show shows in a chat what the user is doing there.
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
		return fmt.Errorf("sending the chat presence: %w", failure(err))
	}
	return nil
}

// SetOnline shows the account as online or offline. While it is online, phones
// may not show notifications.
func (a *Account) SetOnline(ctx context.Context, online bool) error {
	presence := types.PresenceUnavailable
	if online {
		presence = types.PresenceAvailable
	}
	if err := a.sendPresence(ctx, presence); err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.available = online
	return nil
}

// presence returns what the account shows itself as.
func (a *Account) presence() types.Presence {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.available {
		return types.PresenceAvailable
	}
	return types.PresenceUnavailable
}

func (a *Account) sendPresence(ctx context.Context, presence types.Presence) error {
	c, err := a.online()
	if err != nil {
		return err
	}
	err = c.SendPresence(ctx, presence)
	if errors.Is(err, whatsmeow.ErrNoPushName) {
		return chat.Impossible("the account's name is not known yet: try again later")
	}
	if err != nil {
		return fmt.Errorf("setting the presence: %w", failure(err))
	}
	return nil
}

// WatchPresence subscribes to the presence of a person, or of the members of a group,
// until the connection ends. WhatsApp sends it while the account is online itself.
func (a *Account) WatchPresence(ctx context.Context, id chat.ID) error {
	c, err := a.online()
	if err != nil {
		return err
	}
	if err := c.SubscribePresence(ctx, jid.Of(id)); err != nil {
		return fmt.Errorf("subscribing to the presence: %w", failure(err))
	}
	return nil
}
