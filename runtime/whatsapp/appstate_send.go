package whatsapp

import (
	"context"
	"errors"
	"fmt"
	"time"

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
	if err := awaitStateKey(ctx, c); err != nil {
		return fmt.Errorf("change the shared state: %w", failure(err))
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

// keyPatience is how long a change waits for the key of the shared state, which
// the phone sends in the first moments after pairing.
const keyPatience = 10 * time.Second

// awaitStateKey returns once there is a key to write the shared state with.
func awaitStateKey(ctx context.Context, c *whatsmeow.Client) error {
	ctx, cancel := context.WithTimeout(ctx, keyPatience)
	defer cancel()
	// The key arrives in whatsmeow's own store, which tells nobody.
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		key, err := c.Store.AppStateKeys.GetLatestAppStateSyncKeyID(ctx)
		if err != nil || key != nil {
			return err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("the phone has not sent its key yet: %w", ctx.Err())
		}
	}
}
