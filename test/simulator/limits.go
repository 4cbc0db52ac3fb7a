package simulator

import (
	"slices"
	"time"

	"go.mau.fi/whatsmeow/types"
)

// Codes with which the server refuses what is beyond a limit.
const (
	codeOverLimit  = 429 // rate-overlimit
	codeNoNewChats = 463 // the account may not write to people it has no chat with
)

// Limit is how often something may be done: at most Most times within Per.
type Limit struct {
	Most int
	Per  time.Duration
}

// Limits are what an account's companions may do. The zero value limits nothing.
type Limits struct {
	// Logins beyond it fail with reason 429.
	Logins Limit
	// Messages beyond it get the error 429 in their ack.
	Messages Limit
	// NewChats are first messages to people who have not written and were not written
	// to since the limit was set. Those beyond it get the error 463.
	NewChats Limit
}

// limits counts what the companions of an account did. Its owner's lock guards it.
type limits struct {
	Limits
	logins, messages, newChats []time.Time
	met                        map[string]struct{}
}

// SetLimits sets what the account's companions may do from now on.
func (u *User) SetLimits(l Limits) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.limits = limits{Limits: l, met: map[string]struct{}{}}
}

// over notes that something is done now, and reports whether that is beyond the
// limit: then it does not count.
func (l Limit) over(done *[]time.Time, now time.Time) bool {
	if l.Most == 0 && l.Per == 0 {
		return false
	}
	*done = slices.DeleteFunc(*done, func(at time.Time) bool { return now.Sub(at) >= l.Per })
	if len(*done) >= l.Most {
		return true
	}
	*done = append(*done, now)
	return false
}

// overLogins counts a login. The caller holds the lock.
func (u *User) overLogins() bool {
	return u.limits.Logins.over(&u.limits.logins, time.Now())
}

// meet notes that the account has a chat with somebody.
func (u *User) meet(other types.JID) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.limits.met != nil {
		u.limits.met[other.User] = struct{}{}
	}
}

// refusal counts a companion's message, and returns the code to refuse it with, or 0.
// other is the addressee; nil for a group.
func (u *User) refusal(other *User) int {
	u.mu.Lock()
	defer u.mu.Unlock()
	l, now := &u.limits, time.Now()
	if l.Messages.over(&l.messages, now) {
		return codeOverLimit
	}
	if other == nil || other == u || l.met == nil {
		return 0
	}
	if _, met := l.met[other.pn.User]; !met && l.NewChats.over(&l.newChats, now) {
		return codeNoNewChats
	}
	l.met[other.pn.User] = struct{}{}
	return 0
}
