package whatsapp

import (
	"context"
	"fmt"
	"sync"

	"go.mau.fi/whatsmeow/store"

	"github.com/wasession/wasession/runtime/chat"
)

// errHeld refuses events of an account whose data is stored elsewhere. It wraps
// context.Canceled because whatsmeow then rolls the decryption back and does not
// acknowledge; after any other error it would.
var errHeld = fmt.Errorf("another account is linked now: %w", context.Canceled)

// admit reports whether the phone with a number (digits) may be linked. It runs
// before anything of the pairing is saved.
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

// claims reports whether Handler stores the data of the account that a device is
// linked to.
func (a *Account) claims(dev *store.Device) (bool, error) {
	if dev.ID == nil || a.opts.Claim == nil {
		return true, nil
	}
	return a.opts.Claim(dev.ID.User, dev.LID.User)
}

// linking runs after a device was linked, before it is saved and the pairing is
// confirmed to WhatsApp. An account that Handler does not store is held: its
// events are neither applied nor acknowledged until it is opened again with the
// right handler.
func (a *Account) linking(dev *store.Device) error {
	own, err := a.claims(dev)
	if err != nil {
		return fmt.Errorf("claim the account's data: %w", err)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.held, a.linked, a.link = !own, identity(dev), new(sync.Once)
	return nil
}

// Held reports whether the account that is linked, or about to be, is one whose
// data Handler does not store.
func (a *Account) Held() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.held
}

// apply passes changes to Handler unless the account is held.
func (a *Account) apply(ctx context.Context, changes ...chat.Change) error {
	if a.Held() {
		return errHeld
	}
	return a.opts.Handler.Apply(ctx, changes...)
}

// release stops holding the account after a failed pairing.
func (a *Account) release() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.held = false
}

// ending returns the last four digits of a number: the rest stays private.
func ending(number string) string {
	const shown = 4
	if len(number) <= shown {
		return number
	}
	return number[len(number)-shown:]
}
