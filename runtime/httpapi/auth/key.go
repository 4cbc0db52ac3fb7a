// Package auth implements the API keys of a session: what each allows, how they
// are read from files, and where a request carries one.
package auth

import (
	"encoding/json"
	"errors"
	"fmt"
)

// Action is a kind of call, named as in WAHA's scoped keys.
type Action string

// None is the action of public calls.
const None Action = ""

// The actions a scoped key can grant.
const (
	// Read covers chats, messages, pictures, files and the session's own data.
	Read Action = "read"
	// Send covers everything that changes chats and messages.
	Send Action = "send"
	// Control covers start, stop, restart, logout and pairing.
	Control Action = "control"
	// Setting covers the session's configuration.
	Setting Action = "setting"
	// App covers apps. No call needs it yet, but keys may have it.
	App Action = "app"
	// Delete covers deleting the session.
	Delete Action = "delete"
)

// Key is an API key. A key that is not an admin key is limited to Session, and
// within it to Actions; nil Actions allow all of them.
type Key struct {
	ID       string          `json:"id"`
	Secret   string          `json:"key"`
	IsActive bool            `json:"isActive"`
	IsAdmin  bool            `json:"isAdmin"`
	Session  string          `json:"session"`
	Actions  map[Action]bool `json:"actions"`
}

// Plain returns a key that allows everything.
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

// maxKeys limits a key file: each request is compared with all keys.
const maxKeys = 1000

// maxFaults limits the reported faults.
const maxFaults = 10

// ParseKeys parses a JSON list of scoped keys. An invalid entry is skipped and does
// not affect the others. An invalid list yields no keys, since nobody can tell
// which of the previous keys should still work. The error describes the faults; it
// refers to entries by number and never contains a secret.
func ParseKeys(file []byte) (keys []Key, faults error) {
	var entries []json.RawMessage
	if err := json.Unmarshal(file, &entries); err != nil || entries == nil {
		return nil, errors.New("the list of API keys is not a JSON list of objects {id, key, isActive, isAdmin, session, actions}; no key of it works")
	}
	if len(entries) > maxKeys {
		return nil, fmt.Errorf("the list of API keys has %d entries; at most %d are allowed; no key of it works", len(entries), maxKeys)
	}
	known := map[string]bool{}
	var all []error
	for i, entry := range entries {
		k, err := parseKey(entry)
		if err == nil && known[k.Secret] {
			err = errors.New("repeats the key of an earlier entry")
		}
		if err != nil {
			all = append(all, fmt.Errorf("API key number %d %w", i+1, err))
			continue
		}
		known[k.Secret] = true
		keys = append(keys, k)
	}
	if more := len(all) - maxFaults; more > 0 {
		all = append(all[:maxFaults], fmt.Errorf("%d more entries are invalid", more))
	}
	return keys, errors.Join(all...)
}

func parseKey(entry []byte) (k Key, err error) {
	if json.Unmarshal(entry, &k) != nil {
		return Key{}, errors.New("must have the form {id, key, isActive, isAdmin, session, actions}")
	}
	switch {
	case k.Secret == "":
		return Key{}, errors.New("has no key")
	case !k.IsAdmin && k.Session == "":
		return Key{}, errors.New("must be an admin key or name a session")
	}
	return k, nil
}
