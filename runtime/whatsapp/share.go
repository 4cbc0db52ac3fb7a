package whatsapp

import (
	"context"
	"errors"
	"fmt"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/appstate"
)

// shareAttempts is how often a change of the shared state is tried that
// collides with changes of other devices.
const shareAttempts = 4

// share sends a patch of the shared state, one at a time. A patch builds on the
// version that is known here: before the first one is there, or when another
// device was quicker, the newest is fetched and the patch tried anew.
func (a *Account) share(ctx context.Context, patch appstate.PatchInfo) error {
	c, err := a.online()
	if err != nil {
		return err
	}
	select {
	case a.sharing <- struct{}{}:
		defer func() { <-a.sharing }()
	case <-ctx.Done():
		return ctx.Err()
	}
	onlyFirst := true
	for range shareAttempts {
		if err = c.FetchAppState(ctx, patch.Type, false, onlyFirst); err != nil {
			break
		}
		if err = c.SendAppState(ctx, patch); !errors.Is(err, whatsmeow.ErrAppStateUpdate) {
			break
		}
		onlyFirst = false
	}
	if err != nil {
		return fmt.Errorf("change the shared state: %w", failure(err))
	}
	return nil
}
