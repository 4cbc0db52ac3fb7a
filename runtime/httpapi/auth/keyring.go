package auth

import (
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	v1 "github.com/wasession/wasession/api/runtime/v1"
)

// Source finds keys by their secret.
type Source interface {
	// Find returns the active key with this secret.
	Find(secret string) (Key, bool)
}

// Keyring is a Source whose keys can be replaced while it is in use.
type Keyring struct {
	mu      sync.Mutex
	entries []entry
	changed chan struct{}
}

type entry struct {
	sum [sha256.Size]byte
	key Key
}

// NewKeyring returns a Keyring with the keys.
func NewKeyring(keys ...Key) *Keyring {
	k := &Keyring{changed: make(chan struct{})}
	k.Replace(keys)
	return k
}

// Replace replaces all keys. Inactive keys and keys without a secret are skipped.
func (k *Keyring) Replace(keys []Key) {
	entries := make([]entry, 0, len(keys))
	for _, key := range keys {
		if key.IsActive && key.Secret != "" {
			entries = append(entries, entry{sha256.Sum256([]byte(key.Secret)), key})
		}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.entries = entries
	close(k.changed)
	k.changed = make(chan struct{})
}

// Recheck has long-lived connections authorized again.
func (k *Keyring) Recheck() {
	k.mu.Lock()
	defer k.mu.Unlock()
	close(k.changed)
	k.changed = make(chan struct{})
}

// Changed returns a channel that is closed when the keys are next replaced.
// Long-lived connections must then be authorized again.
func (k *Keyring) Changed() <-chan struct{} {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.changed
}

// Find implements Source. Its time depends only on the length of the secret: it
// compares digests with all keys in constant time.
func (k *Keyring) Find(secret string) (Key, bool) {
	sum := sha256.Sum256([]byte(secret))
	k.mu.Lock()
	entries := k.entries
	k.mu.Unlock()
	var found Key
	ok := false
	for _, e := range entries {
		if subtle.ConstantTimeCompare(sum[:], e.sum[:]) == 1 && !ok {
			found, ok = e.key, true
		}
	}
	return found, ok && secret != ""
}

// maxKeyFile limits the size of a key file, in bytes.
const maxKeyFile = 1 << 20

// ReadDir reads a session's keys from the files that the operator mounts: the plain
// key and, optionally, the list of scoped keys. It returns the valid keys and
// describes the invalid ones in faults.
func ReadDir(dir string) (keys []Key, faults error) {
	plain, there, plainFault := readFile(dir, v1.APIKeyFile)
	secret := strings.TrimSpace(string(plain))
	switch {
	case secret != "":
		keys = append(keys, Plain(secret))
	case there && plainFault == nil:
		plainFault = fmt.Errorf("%s is empty", v1.APIKeyFile)
	}
	list, there, fault := readFile(dir, v1.ScopedKeysFile)
	if there && fault == nil {
		var scoped []Key
		scoped, fault = ParseKeys(list)
		keys = append(keys, scoped...)
	}
	return keys, errors.Join(plainFault, fault)
}

// readFile reads a key file, which may be missing.
func readFile(dir, name string) (content []byte, there bool, err error) {
	f, err := os.Open(filepath.Join(dir, name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false, nil
	}
	if err != nil {
		return nil, true, fmt.Errorf("%s cannot be read", name)
	}
	defer f.Close()
	content, err = io.ReadAll(io.LimitReader(f, maxKeyFile+1))
	switch {
	case err != nil:
		return nil, true, fmt.Errorf("%s cannot be read", name)
	case len(content) > maxKeyFile:
		return nil, true, fmt.Errorf("%s is larger than %d bytes", name, maxKeyFile)
	}
	return content, true, nil
}
