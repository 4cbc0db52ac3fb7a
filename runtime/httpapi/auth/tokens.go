package auth

import (
	"crypto/ed25519"
	"slices"
	"sync"
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
)

// Tokens accepts the access tokens of the gateway.
type Tokens struct {
	session, podUID string

	mu   sync.Mutex
	keys []ed25519.PublicKey
}

// NewTokens returns Tokens for a session and its pod, which accept none before
// their keys are set.
func NewTokens(session, podUID string) *Tokens {
	return &Tokens{session: session, podUID: podUID}
}

// SetKeys replaces the keys that tokens are signed with, and returns whether they
// are others than before.
func (t *Tokens) SetKeys(keys []ed25519.PublicKey) (changed bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	changed = !slices.EqualFunc(t.keys, keys, func(a, b ed25519.PublicKey) bool { return a.Equal(b) })
	t.keys = keys
	return changed
}

// Find returns what the bearer of a token might do at a time, as a key: tokens expire.
func (t *Tokens) Find(token string, at time.Time) (Key, bool) {
	t.mu.Lock()
	keys := t.keys
	t.mu.Unlock()
	access, err := v1.VerifyAccessToken(keys, token, t.podUID, at)
	if err != nil {
		return Key{}, false
	}
	actions := make(map[Action]bool, len(access.Actions))
	for _, action := range access.Actions {
		actions[Action(action)] = true
	}
	return Key{ID: access.Caller, IsActive: true, IsAdmin: access.Admin, Session: t.session, Actions: actions}, true
}
