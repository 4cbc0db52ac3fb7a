package whatsapp

import "errors"

// errHeld says that what came belongs to an account whose data is kept elsewhere.
var errHeld = errors.New("another account is linked now")

// admit decides whether the phone with a number (digits) may be linked. It runs
// before anything of the link is kept. An account whose data the handler does
// not keep is admitted and held: from then on nothing that it brings is taken or
// acknowledged, until it is opened again with the right handler.
func (a *Account) admit(number string) bool {
	if pinned := a.pinned(); pinned != "" && number != pinned {
		a.opts.Handler.Turned(WrongAccount{Ending: ending(number)})
		return false
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.held = a.owner != "" && number != a.owner
	return true
}

func (a *Account) pinned() string {
	if a.opts.Pinned == nil {
		return ""
	}
	return a.opts.Pinned()
}

// Held says that an account is linked, or about to be, whose data Handler does
// not keep.
func (a *Account) Held() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.held
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
