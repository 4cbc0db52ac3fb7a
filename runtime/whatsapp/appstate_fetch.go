package whatsapp

import (
	"context"
	"fmt"

	"go.mau.fi/whatsmeow/appstate"
)

// sharedState are the collections of the shared state that the domain reads.
var sharedState = []appstate.WAPatchName{
	appstate.WAPatchCriticalUnblockLow, appstate.WAPatchRegularLow, appstate.WAPatchRegularHigh, appstate.WAPatchRegular,
}

// Resync fetches the whole shared state again and tells of all of it: what a
// crash kept from being written down, though the engine had counted it as seen.
func (a *Account) Resync(ctx context.Context) error { return a.fetchState(ctx, true) }

// Refresh fetches what changed of the shared state since it was last fetched.
func (a *Account) Refresh(ctx context.Context) error { return a.fetchState(ctx, false) }

func (a *Account) fetchState(ctx context.Context, all bool) error {
	c, err := a.online()
	if err != nil {
		return err
	}
	for _, name := range sharedState {
		if err := c.FetchAppState(ctx, name, all, false); err != nil {
			return fmt.Errorf("fetch the shared state: %w", failure(err))
		}
	}
	return nil
}
