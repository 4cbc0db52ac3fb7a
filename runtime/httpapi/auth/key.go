// Package auth knows the API keys of a session: what each allows, how they are
// read from files, and where a request carries one.
package auth

import (
	"encoding/json"
	"errors"
	"fmt"
)

// Action is a sort of call, as WAHA's scoped keys name them.
type Action string

// The actions a scoped key can grant.
const (
	// Read covers chats, messages, pictures, files and the session's own data.
	Read Action = "read"
	// Send covers whatever changes chats and messages.
	Send Action = "send"
	// Control covers start, stop, restart, logout and pairing.
	Control Action = "control"
	// Setting covers the session's configuration.
	Setting Action = "setting"
	// App covers apps; nothing here needs it yet, keys may carry it.
	App Action = "app"
	// Delete covers deleting the session.
	Delete Action = "delete"
)

// Key is one API key. A key that is not an admin's is bound to Session, and
// within it to Actions; nil Actions grant all of them.
type Key struct {
	ID       string          `json:"id"`
	Secret   string          `json:"key"`
	IsActive bool            `json:"isActive"`
	IsAdmin  bool            `json:"isAdmin"`
	Session  string          `json:"session"`
	Actions  map[Action]bool `json:"actions"`
}

// Plain is the key that grants everything.
func Plain(secret string) Key {
	return Key{ID: "api-key", Secret: secret, IsActive: true, IsAdmin: true}
}

// Allows says whether the key may do the action on the session.
func (k Key) Allows(session string, action Action) bool {
	if k.IsAdmin {
		return true
	}
	return k.Session == session && (k.Actions == nil || k.Actions[action])
}

// May says whether the key may do the action on any session at all.
func (k Key) May(action Action) bool { return k.IsAdmin || k.Allows(k.Session, action) }

// maxKeys bounds a key file: every request is compared with every key.
const maxKeys = 1000

// ParseKeys reads a JSON list of scoped keys. Its errors name the entry and
// never repeat a secret.
func ParseKeys(file []byte) ([]Key, error) {
	var keys []Key
	if err := json.Unmarshal(file, &keys); err != nil {
		return nil, errors.New("the list of API keys is not a JSON list of objects {id, key, isActive, isAdmin, session, actions}")
	}
	if len(keys) > maxKeys {
		return nil, fmt.Errorf("the list of API keys has %d entries; at most %d are allowed", len(keys), maxKeys)
	}
	for i, k := range keys {
		switch {
		case k.Secret == "":
			return nil, fmt.Errorf("API key number %d has no key", i+1)
		case !k.IsAdmin && k.Session == "":
			return nil, fmt.Errorf("API key number %d is no admin's and names no session", i+1)
		}
	}
	return keys, nil
}
