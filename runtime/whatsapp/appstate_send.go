package whatsapp

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/appstate"

	"github.com/wasession/wasession/runtime/chat"
)

// shareAttempts is how often a change of the app state is tried that conflicts
// with changes of other devices.
const shareAttempts = 4

// share sends a patch of the app state, one at a time, and waits until its events
// have been handled. A patch is based on a version: the latest one is fetched
// first, and again after a conflict. If the stored state is corrupt, all of it is
// fetched again.
func (a *Account) share(ctx context.Context, patch appstate.PatchInfo) error {
	c, done, err := a.awaitSharing(ctx)
	if err != nil {
		return err
	}
	defer done()
	a.echoes.expect(&patch, time.Now())
	onlyFirst, full := true, false
	for range shareAttempts {
		if err = c.FetchAppState(ctx, patch.Type, full, onlyFirst); err == nil {
			err = c.SendAppState(ctx, patch)
		}
		if full = isCorrupt(err); !full && !errors.Is(err, whatsmeow.ErrAppStateUpdate) {
			break
		}
		onlyFirst = false
	}
	if err != nil {
		return fmt.Errorf("changing the app state: %w", failure(err))
	}
	a.echoes.await(ctx, a.ctx.Done())
	return nil
}

// awaitSharing waits until the app state can be changed and it is the caller's turn,
// which ends with done.
func (a *Account) awaitSharing(ctx context.Context) (c *whatsmeow.Client, done func(), err error) {
	if c, err = a.online(); err != nil {
		return nil, nil, err
	}
	select {
	case a.sharing <- struct{}{}:
		done = func() { <-a.sharing }
	case <-ctx.Done():
		return nil, nil, ctx.Err()
	}
	if err := awaitStateKey(ctx, c, keyPatience); err != nil {
		done()
		return nil, nil, fmt.Errorf("changing the app state: %w", failure(err))
	}
	return c, done, nil
}

// keyPatience is how long a change waits for the app state key, which the phone
// sends right after pairing.
const keyPatience = 10 * time.Second

// awaitStateKey waits for a key to encrypt the app state with. Without one
// nothing was sent: the error must not say that WhatsApp did not answer.
func awaitStateKey(ctx context.Context, c *whatsmeow.Client, patience time.Duration) error {
	timeout := time.NewTimer(patience)
	defer timeout.Stop()
	// whatsmeow stores the key without an event.
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		key, err := c.Store.AppStateKeys.GetLatestAppStateSyncKeyID(ctx)
		if err != nil || key != nil {
			return err
		}
		select {
		case <-tick.C:
		case <-timeout.C:
			return chat.Impossible("the phone has not sent the key yet: open WhatsApp on the phone and try again")
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
