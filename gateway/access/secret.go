package access

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
)

// LabelKey is on the Secrets that are API keys, with the value "true".
const LabelKey = "wasession.dev/gateway-key"

// The entries of a key's Secret. It has either the key itself, for Secrets that
// people and tools write, or its hash, for those that the gateway makes.
const (
	// EntryKey is the key in plain text.
	EntryKey = "api-key"
	// EntryHash is the SHA-256 of the key in hex.
	EntryHash = "api-key-sha256"
	// EntryAdmin is "true" for a key that may do everything.
	EntryAdmin = "admin"
	// EntryActive is "false" for a key that is switched off.
	EntryActive = "active"
	// EntryNamespaces are the namespaces of a key, separated by commas.
	EntryNamespaces = "namespaces"
	// EntrySession is the resource of a key's only session, as namespace/name.
	EntrySession = "session"
	// EntryActions are the actions of a key, separated by commas. Without it a key
	// allows all.
	EntryActions = "actions"
)

// hash is the SHA-256 of a key.
type hash [sha256.Size]byte

// minKey is the shortest key that is taken from a Secret, in characters: hashes of
// shorter ones could be guessed.
const minKey = 16

// parseSecret reads a key from its Secret. The error says what is wrong with it, and
// never contains the key.
func parseSecret(secret *corev1.Secret) (Key, hash, error) {
	key := Key{ID: secret.Name}
	sum, err := sumOf(secret)
	if err != nil {
		return Key{}, hash{}, err
	}
	if key.IsAdmin, err = flag(secret, EntryAdmin, false); err != nil {
		return Key{}, hash{}, err
	}
	if key.IsActive, err = flag(secret, EntryActive, true); err != nil {
		return Key{}, hash{}, err
	}
	key.Namespaces = list(text(secret, EntryNamespaces))
	if session := text(secret, EntrySession); session != "" {
		namespace, name, ok := strings.Cut(session, "/")
		if !ok || namespace == "" || name == "" {
			return Key{}, hash{}, fmt.Errorf("its entry %s must be namespace/name of a WhatsAppSession", EntrySession)
		}
		key.Session = types.NamespacedName{Namespace: namespace, Name: name}
	}
	if _, limited := secret.Data[EntryActions]; limited {
		key.Actions = []Action{}
		for _, name := range list(text(secret, EntryActions)) {
			if !slices.Contains(actions, Action(name)) {
				return Key{}, hash{}, fmt.Errorf("its entry %s may have read, send, control, setting, app and delete only", EntryActions)
			}
			key.Actions = append(key.Actions, Action(name))
		}
	}
	if !key.IsAdmin && len(key.Namespaces) == 0 && key.Session.Name == "" {
		return Key{}, hash{}, fmt.Errorf("it reaches nothing: set %s, %s or %s", EntryAdmin, EntryNamespaces, EntrySession)
	}
	return key, sum, nil
}

func sumOf(secret *corev1.Secret) (hash, error) {
	if plain := text(secret, EntryKey); plain != "" {
		if len(plain) < minKey {
			return hash{}, fmt.Errorf("its entry %s must have at least %d characters", EntryKey, minKey)
		}
		return sha256.Sum256([]byte(plain)), nil
	}
	raw, err := hex.DecodeString(text(secret, EntryHash))
	if err != nil || len(raw) != sha256.Size {
		return hash{}, fmt.Errorf("it has neither a key in %s nor a SHA-256 in hex in %s", EntryKey, EntryHash)
	}
	return hash(raw), nil
}

// flag is an entry that is true or false. Other texts are refused: a key that somebody
// meant to switch off must not stay in force.
func flag(secret *corev1.Secret, entry string, absent bool) (bool, error) {
	switch text(secret, entry) {
	case "":
		return absent, nil
	case "true":
		return true, nil
	case "false":
		return false, nil
	}
	return false, fmt.Errorf("its entry %s must be true or false", entry)
}

func text(secret *corev1.Secret, entry string) string {
	return strings.TrimSpace(string(secret.Data[entry]))
}

func list(text string) (items []string) {
	for item := range strings.SplitSeq(text, ",") {
		if item = strings.TrimSpace(item); item != "" {
			items = append(items, item)
		}
	}
	return items
}
