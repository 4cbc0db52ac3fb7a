package access

import (
	"context"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"reflect"
	"slices"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
	toolscache "k8s.io/client-go/tools/cache"
	"sigs.k8s.io/controller-runtime/pkg/cache"
)

// Keys holds the API keys, as a watch on the gateway's namespace shows them: a change
// is in force at every replica at once.
type Keys struct {
	log *slog.Logger

	mu sync.RWMutex
	// byName are the keys by the name of their Secret.
	byName map[string]entry
	// byHash are the names of the Secrets that hold a key, in order: of several, the
	// first counts at every replica.
	byHash map[hash][]string
	// changed is closed at the next change.
	changed chan struct{}
}

type entry struct {
	key Key
	sum hash
	// secret is the UID of the Secret, and used when the key was used.
	secret types.UID
	used   time.Time
}

// ByObject says what a cache holds of Secrets: the keys in the gateway's namespace.
func ByObject(namespace string) cache.ByObject {
	return cache.ByObject{
		Namespaces: map[string]cache.Config{namespace: {LabelSelector: labels.SelectorFromSet(labels.Set{LabelKey: "true"})}},
		Transform:  cache.TransformStripManagedFields(),
	}
}

// NewKeys returns the keys that a cache holds, which was made with ByObject.
func NewKeys(ctx context.Context, c cache.Cache, log *slog.Logger) (*Keys, error) {
	k := noKeys(log)
	informer, err := c.GetInformer(ctx, &corev1.Secret{})
	if err != nil {
		return nil, fmt.Errorf("watching the API keys: %w", err)
	}
	_, err = informer.AddEventHandler(toolscache.ResourceEventHandlerFuncs{
		AddFunc:    func(object any) { k.set(object) },
		UpdateFunc: func(_, object any) { k.set(object) },
		DeleteFunc: func(object any) {
			if gone, ok := object.(toolscache.DeletedFinalStateUnknown); ok {
				object = gone.Obj
			}
			if secret, ok := object.(*corev1.Secret); ok {
				k.put(secret.Name, nil)
			}
		},
	})
	if err != nil {
		return nil, fmt.Errorf("following the API keys: %w", err)
	}
	return k, nil
}

func noKeys(log *slog.Logger) *Keys {
	return &Keys{log: log, byName: map[string]entry{}, byHash: map[hash][]string{}, changed: make(chan struct{})}
}

// set takes a key from its Secret. One that makes no sense opens nothing.
func (k *Keys) set(object any) {
	secret, ok := object.(*corev1.Secret)
	if !ok {
		return
	}
	key, sum, err := parseSecret(secret)
	if err != nil {
		k.log.Warn("API key is not valid", "secret", secret.Name, "problem", err)
		k.put(secret.Name, nil)
		return
	}
	k.put(secret.Name, &entry{key, sum, secret.UID, lastUsed(secret)})
}

// put replaces what a Secret holds; nil for nothing.
func (k *Keys) put(name string, e *entry) {
	k.mu.Lock()
	defer k.mu.Unlock()
	old, had := k.byName[name]
	if had && e != nil && old.sum == e.sum && reflect.DeepEqual(old.key, e.key) {
		k.byName[name] = *e
		return // nothing that somebody waits for
	}
	if had {
		delete(k.byName, name)
		left := slices.DeleteFunc(k.byHash[old.sum], func(other string) bool { return other == name })
		if k.byHash[old.sum] = left; len(left) == 0 {
			delete(k.byHash, old.sum)
		}
	}
	if e != nil {
		k.byName[name] = *e
		k.byHash[e.sum] = append(k.byHash[e.sum], name)
		slices.Sort(k.byHash[e.sum])
	}
	close(k.changed)
	k.changed = make(chan struct{})
}

// Changed returns a channel that is closed at the next change of the keys.
func (k *Keys) Changed() <-chan struct{} {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.changed
}

func sumOfText(text string) hash { return sha256.Sum256([]byte(text)) }

// Find returns the active key with this secret. It compares hashes, so that its time
// tells nothing of the keys.
func (k *Keys) Find(secret string) (Key, bool) {
	if secret == "" {
		return Key{}, false
	}
	sum := sumOfText(secret)
	k.mu.RLock()
	defer k.mu.RUnlock()
	names := k.byHash[sum]
	if len(names) == 0 {
		return Key{}, false
	}
	key := k.byName[names[0]].key
	return key, key.IsActive
}
