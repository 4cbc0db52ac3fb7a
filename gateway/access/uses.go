package access

import (
	"context"
	"encoding/json"
	"log/slog"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// AnnotationLastUsed is on the Secret of a key: when the key was used, in RFC 3339. It
// is not written again before UsedEvery has passed.
const AnnotationLastUsed = "wasession.dev/last-used"

// UsedEvery is how exact the last use of a key is: each key that is in use costs the API
// server a write in this time.
const UsedEvery = 10 * time.Minute

// writeTimeout limits one such write.
const writeTimeout = 10 * time.Second

// Uses notes on the Secrets of keys when they were used. Calls never wait for that.
type Uses struct {
	keys      *Keys
	client    client.Client
	namespace string
	log       *slog.Logger
	now       func() time.Time

	mu sync.Mutex
	// noted is when this replica has noted a use of a key, by its ID.
	noted map[string]time.Time
	// due are the uses that are to be written.
	due  map[string]use
	wake chan struct{}
}

// use is when the key in a Secret was used.
type use struct {
	secret types.UID
	at     time.Time
}

// NewUses returns Uses. Its owner calls Run.
func NewUses(keys *Keys, c client.Client, namespace string, log *slog.Logger) *Uses {
	return &Uses{
		keys: keys, client: c, namespace: namespace, log: log, now: time.Now,
		noted: map[string]time.Time{}, due: map[string]use{}, wake: make(chan struct{}, 1),
	}
}

// Note notes that a key is used now.
func (u *Uses) Note(key Key) {
	now := u.now()
	u.mu.Lock()
	defer u.mu.Unlock()
	if at, ok := u.noted[key.ID]; ok && now.Sub(at) < UsedEvery {
		return
	}
	secret, last, ok := u.keys.lastUse(key.ID)
	if !ok {
		return // it was removed just now
	}
	if len(u.noted) >= mostRemembered {
		clear(u.noted) // keys that were removed long ago
	}
	u.noted[key.ID] = now
	if now.Sub(last) < UsedEvery {
		return // another replica has written it
	}
	u.due[key.ID] = use{secret, now}
	select {
	case u.wake <- struct{}{}:
	default:
	}
}

// Run writes what was noted until ctx ends. A write that fails is left out: the next
// use that is due makes up for it.
func (u *Uses) Run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-u.wake:
		}
		for id, use := range u.takeDue() {
			if err := u.write(ctx, id, use); err != nil && ctx.Err() == nil {
				u.log.Warn("Last use of an API key was not written", "secret", id, "error", err)
			}
		}
	}
}

func (u *Uses) takeDue() map[string]use {
	u.mu.Lock()
	defer u.mu.Unlock()
	due := u.due
	u.due = map[string]use{}
	return due
}

// write patches the Secret. With its UID, the patch meets no other of the same name.
func (u *Uses) write(ctx context.Context, id string, use use) error {
	ctx, cancel := context.WithTimeout(ctx, writeTimeout)
	defer cancel()
	patch, err := json.Marshal(map[string]any{"metadata": map[string]any{
		"uid": use.secret, "annotations": map[string]string{AnnotationLastUsed: use.at.UTC().Format(time.RFC3339)},
	}})
	if err != nil {
		return err
	}
	secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: u.namespace, Name: id}}
	return client.IgnoreNotFound(u.client.Patch(ctx, secret, client.RawPatch(types.MergePatchType, patch), client.FieldOwner(fieldOwner)))
}

// fieldOwner is who writes the annotation.
const fieldOwner = "wasession-gateway"

// lastUsed is when a Secret says that its key was used; zero if it does not.
func lastUsed(secret *corev1.Secret) time.Time {
	at, err := time.Parse(time.RFC3339, secret.Annotations[AnnotationLastUsed])
	if err != nil {
		return time.Time{}
	}
	return at
}

// lastUse is the Secret of a key, and when the key was used according to it.
func (k *Keys) lastUse(id string) (secret types.UID, at time.Time, ok bool) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	e, ok := k.byName[id]
	return e.secret, e.used, ok
}

// LastUsed is when a key was used, as far as it is known; zero if it was not.
func (k *Keys) LastUsed(id string) time.Time {
	_, at, _ := k.lastUse(id)
	return at
}
