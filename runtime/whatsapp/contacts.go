package whatsapp

import (
	"context"
	"fmt"

	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/whatsapp/jid"
)

// Lookup asks whether a phone number (digits) has an account; the empty id says
// that it has none. What is learned of its LID is written down.
func (a *Account) Lookup(ctx context.Context, number string) (chat.ID, error) {
	c, err := a.online()
	if err != nil {
		return "", err
	}
	answers, err := c.IsOnWhatsApp(ctx, []string{"+" + number})
	if err != nil {
		return "", fmt.Errorf("look up a number: %w", failure(err))
	}
	if len(answers) == 0 || !answers[0].IsIn {
		return "", nil
	}
	// The canonical number can be another one: some countries have two forms.
	found := answers[0]
	pairs := a.fresh(appendPair(nil, found.JID, found.PhoneNumber))
	if len(pairs) > 0 {
		if err := a.apply(ctx, pairs...); err != nil {
			return "", err
		}
		a.remember(pairs)
	}
	return a.mapper().person(found.JID, found.PhoneNumber), nil
}

// About asks for a person's own words about themselves; empty where there are
// none that the account may see.
func (a *Account) About(ctx context.Context, id chat.ID) (string, error) {
	c, err := a.online()
	if err != nil {
		return "", err
	}
	infos, err := c.GetUserInfo(ctx, []types.JID{jid.Of(id)})
	if err != nil {
		return "", fmt.Errorf("ask about a person: %w", failure(err))
	}
	return infos[jid.Of(id)].Status, nil
}

// Block keeps a person from writing to the account, or lets them again.
func (a *Account) Block(ctx context.Context, id chat.ID, blocked bool) error {
	c, err := a.online()
	if err != nil {
		return err
	}
	action := events.BlocklistChangeActionUnblock
	if blocked {
		action = events.BlocklistChangeActionBlock
	}
	if _, err := c.UpdateBlocklist(ctx, jid.Of(id), action); err != nil {
		return fmt.Errorf("change the list of people blocked: %w", failure(err))
	}
	return nil
}
