package whatsapp

import (
	"context"
	"fmt"

	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/whatsapp/jid"
)

// Lookup returns the id of a phone number (digits); empty if it has no account.
// The LID it learns is stored.
func (a *Account) Lookup(ctx context.Context, number string) (chat.ID, error) {
	c, err := a.online()
	if err != nil {
		return "", err
	}
	answers, err := c.IsOnWhatsApp(ctx, []string{"+" + number})
	if err != nil {
		return "", fmt.Errorf("looking up the number: %w", failure(err))
	}
	if len(answers) == 0 || !answers[0].IsIn {
		return "", nil
	}
	// The canonical number may differ: some countries have two forms.
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

// About returns a person's "about" text; empty if there is none or the account
// may not see it.
func (a *Account) About(ctx context.Context, id chat.ID) (string, error) {
	c, err := a.online()
	if err != nil {
		return "", err
	}
	infos, err := c.GetUserInfo(ctx, []types.JID{jid.Of(id)})
	if err != nil {
		return "", fmt.Errorf("getting the about text: %w", failure(err))
	}
	return infos[jid.Of(id)].Status, nil
}

// Block blocks or unblocks a person.
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
		return fmt.Errorf("changing the block list: %w", failure(err))
	}
	return nil
}
