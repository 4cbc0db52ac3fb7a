package whatsapp

import (
	"context"
	"errors"
	"fmt"

	"go.mau.fi/whatsmeow/appstate"
)

// sharedState are the app state collections that the domain uses.
var sharedState = []appstate.WAPatchName{
	appstate.WAPatchCriticalUnblockLow, appstate.WAPatchRegularLow, appstate.WAPatchRegularHigh, appstate.WAPatchRegular,
}

// Resync fetches the full app state again and applies all of it. It recovers
// changes that a crash kept from being stored after whatsmeow had advanced its
// version.
func (a *Account) Resync(ctx context.Context) error { return a.fetchState(ctx, true) }

// Refresh fetches the changes of the app state since the last fetch.
func (a *Account) Refresh(ctx context.Context) error { return a.fetchState(ctx, false) }

func (a *Account) fetchState(ctx context.Context, all bool) error {
	c, err := a.online()
	if err != nil {
		return err
	}
	for _, name := range sharedState {
		if err := c.FetchAppState(ctx, name, all, false); err != nil {
			return fmt.Errorf("fetching the app state: %w", failure(err))
		}
	}
	return nil
}

// isCorrupt says that the stored app state does not match its hashes. whatsmeow
// applies the patches of a conflict without its lock: if the phone makes a change
// at that moment, both write the same state. From then on every fetch fails until
// all of the state is fetched again.
func isCorrupt(err error) bool {
	return errors.Is(err, appstate.ErrMismatchingLTHash) || errors.Is(err, appstate.ErrMismatchingPatchMAC) ||
		errors.Is(err, appstate.ErrMismatchingContentMAC) || errors.Is(err, appstate.ErrMismatchingIndexMAC)
}
