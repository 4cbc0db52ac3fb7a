package auth

import (
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"

	v1 "github.com/wasession/wasession/api/runtime/v1"
)

// Source finds the key that a secret belongs to.
type Source interface {
	// Find returns the active key with this secret.
	Find(secret string) (Key, bool)
}

// Keyring is a Source whose keys can be replaced while it is in use.
type Keyring struct{ entries atomic.Pointer[[]entry] }

type entry struct {
	sum [sha256.Size]byte
	key Key
}

// NewKeyring holds the keys.
func NewKeyring(keys ...Key) *Keyring {
	k := &Keyring{}
	k.Replace(keys)
	return k
}

// Replace puts the keys in the place of those before. Keys that are not active
// or have no secret are left out.
func (k *Keyring) Replace(keys []Key) {
	entries := make([]entry, 0, len(keys))
	for _, key := range keys {
		if key.IsActive && key.Secret != "" {
			entries = append(entries, entry{sha256.Sum256([]byte(key.Secret)), key})
		}
	}
	k.entries.Store(&entries)
}

// Find implements Source. It takes the same time for every secret of a length:
// it compares digests, in constant time, with all keys.
func (k *Keyring) Find(secret string) (Key, bool) {
	sum := sha256.Sum256([]byte(secret))
	var found Key
	ok := false
	for _, e := range *k.entries.Load() {
		if subtle.ConstantTimeCompare(sum[:], e.sum[:]) == 1 {
			found, ok = e.key, true
		}
	}
	return found, ok && secret != ""
}

// ReadDir reads the keys of a session from the files that the operator mounts:
// the plain key and, if there, the list of scoped ones.
func ReadDir(dir string) ([]Key, error) {
	plain, err := os.ReadFile(filepath.Join(dir, v1.APIKeyFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var keys []Key
	if secret := strings.TrimSpace(string(plain)); secret != "" {
		keys = append(keys, Plain(secret))
	}
	list, err := os.ReadFile(filepath.Join(dir, v1.ScopedKeysFile))
	if errors.Is(err, fs.ErrNotExist) {
		return keys, nil
	}
	if err != nil {
		return nil, err
	}
	scoped, err := ParseKeys(list)
	if err != nil {
		return nil, err
	}
	return append(keys, scoped...), nil
}
