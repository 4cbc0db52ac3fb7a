package simulator

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// inboxLimit bounds what a phone remembers. The oldest items are dropped first.
const inboxLimit = 20_000

// Inbox returns what has reached the phone, oldest first.
func (u *User) Inbox() []Received {
	u.mu.Lock()
	defer u.mu.Unlock()
	return slices.Clone(u.inbox)
}

// Expect returns the first matching item among those that have reached the
// phone or will before ctx ends.
func (u *User) Expect(ctx context.Context, match func(Received) bool) (Received, error) {
	var found Received
	seen := 0
	err := u.await(ctx, func() bool {
		fresh := min(u.seq-seen, len(u.inbox))
		for _, r := range u.inbox[len(u.inbox)-fresh:] {
			seen = r.Seq
			if match(r) {
				found = r
				return true
			}
		}
		return false
	})
	if err != nil {
		return Received{}, fmt.Errorf("%s has not received what was expected among %d: %w", u.pn, seen, err)
	}
	return found, nil
}

// receive adds an item to the inbox.
func (u *User) receive(r Received) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.seq++
	r.Seq = u.seq
	if r.Time.IsZero() {
		r.Time = time.Now()
	}
	if len(u.inbox) >= inboxLimit {
		u.inbox = slices.Delete(u.inbox, 0, inboxLimit/4)
	}
	u.inbox = append(u.inbox, r)
	u.changed.signal()
}

// inboxMessage returns the newest message with an id, from any sender.
func (u *User) inboxMessage(id string) (Received, bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for i := len(u.inbox) - 1; i >= 0; i-- {
		if r := u.inbox[i]; r.Kind == KindMessage && r.ID == id {
			return r, true
		}
	}
	return Received{}, false
}
