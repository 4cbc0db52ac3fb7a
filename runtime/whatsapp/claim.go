package whatsapp

import (
	"context"
	"fmt"

	"go.mau.fi/whatsmeow/store"

	"github.com/wasession/wasession/runtime/chat"
)

// errHeld says that what came belongs to an account whose data is kept elsewhere.
// The engine takes a cancelled decryption back and acknowledges nothing; after any
// other error it would acknowledge.
var errHeld = fmt.Errorf("another account is linked now: %w", context.Canceled)

// admit decides whether the phone with a number (digits) may be linked. It runs
// before anything of the link is kept.
func (a *Account) admit(number string) bool {
	if a.opts.Pinned == nil {
		return true
	}
	if pinned := a.opts.Pinned(); pinned != "" && number != pinned {
		a.opts.Handler.Turned(WrongAccount{Ending: ending(number)})
		return false
	}
	return true
}

// claims asks whether Handler keeps the data of the account that a device is
// linked to.
func (a *Account) claims(dev *store.Device) (bool, error) {
	if dev.ID == nil || a.opts.Claim == nil {
		return true, nil
	}
	return a.opts.Claim(dev.ID.User, dev.LID.User)
}

// linking runs when a device was linked and is not saved yet, so before WhatsApp
// is told that it is. An account whose data Handler does not keep is held:
// nothing that it brings is taken or acknowledged, until it is opened again with
// the right handler.
func (a *Account) linking(dev *store.Device) error {
	own, err := a.claims(dev)
	if err != nil {
		return fmt.Errorf("note whose data this is: %w", err)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.held = !own
	return nil
}

// Held says that an account is linked, or about to be, whose data Handler does
// not keep.
func (a *Account) Held() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.held
}

// apply hands changes to Handler, unless they may be of an account that it does
// not keep.
func (a *Account) apply(ctx context.Context, changes ...chat.Change) error {
	if a.Held() {
		return errHeld
	}
	return a.opts.Handler.Apply(ctx, changes...)
}

// release ends holding, where linking came to nothing.
func (a *Account) release() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.held = false
}

// ending is what may be told of a number: its last four digits.
func ending(number string) string {
	const told = 4
	if len(number) <= told {
		return number
	}
	return number[len(number)-told:]
}
