package access

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/util/retry"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/api/v1alpha1"
)

// Writer makes and changes API keys. What it has written is in force once the watch
// shows it, at every replica.
type Writer struct {
	Client    client.Client
	Namespace string
}

// Create makes a key. The secret is returned this once: only its hash is kept.
func (w Writer) Create(ctx context.Context, key Key) (id, secret string, err error) {
	secret = "key_" + rand.Text()
	sum := sumOfText(secret)
	object := &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: w.Namespace, Name: "wasession-key-" + strings.ToLower(rand.Text()[:20]),
			Labels: map[string]string{LabelKey: "true", v1alpha1.LabelName: v1alpha1.ProductName, v1alpha1.LabelPartOf: v1alpha1.ProductName},
		},
		Data: entriesOf(key),
	}
	object.Data[EntryHash] = []byte(hex.EncodeToString(sum[:]))
	if err := w.Client.Create(ctx, object); err != nil {
		return "", "", fmt.Errorf("making an API key: %w", err)
	}
	return object.Name, secret, nil
}

// Update changes what a key may do. ok is false if there is no such key.
func (w Writer) Update(ctx context.Context, id string, key Key) (ok bool, err error) {
	err = retry.RetryOnConflict(retry.DefaultRetry, func() error { // its last use may be written meanwhile
		ok, err = w.update(ctx, id, key)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("changing an API key: %w", err)
	}
	return ok, nil
}

func (w Writer) update(ctx context.Context, id string, key Key) (ok bool, err error) {
	object, ok, err := w.read(ctx, id)
	if !ok || err != nil {
		return false, err
	}
	entries := entriesOf(key)
	for _, kept := range []string{EntryKey, EntryHash} {
		if value, has := object.Data[kept]; has {
			entries[kept] = value
		}
	}
	object.Data = entries
	return true, w.Client.Update(ctx, object)
}

// Delete removes a key. ok is false if there is no such key.
func (w Writer) Delete(ctx context.Context, id string) (ok bool, err error) {
	object, ok, err := w.read(ctx, id)
	if !ok || err != nil {
		return false, err
	}
	err = w.Client.Delete(ctx, object, client.Preconditions{UID: &object.UID})
	if err != nil && !apierrors.IsNotFound(err) {
		return false, fmt.Errorf("removing an API key: %w", err)
	}
	return true, nil
}

// read reads a key's Secret. A Secret without the label is no key.
func (w Writer) read(ctx context.Context, id string) (*corev1.Secret, bool, error) {
	object := &corev1.Secret{}
	err := w.Client.Get(ctx, types.NamespacedName{Namespace: w.Namespace, Name: id}, object)
	if apierrors.IsNotFound(err) || err == nil && object.Labels[LabelKey] != "true" {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("reading an API key: %w", err)
	}
	return object, true, nil
}

// entriesOf are the entries of a key's Secret, without the key.
func entriesOf(key Key) map[string][]byte {
	entries := map[string][]byte{
		EntryAdmin:  []byte(strconv.FormatBool(key.IsAdmin)),
		EntryActive: []byte(strconv.FormatBool(key.IsActive)),
	}
	if len(key.Namespaces) > 0 {
		entries[EntryNamespaces] = []byte(strings.Join(key.Namespaces, ","))
	}
	if key.Session.Name != "" {
		entries[EntrySession] = []byte(key.Session.String())
	}
	if key.Actions != nil {
		var names []string
		for _, action := range key.Actions {
			names = append(names, string(action))
		}
		entries[EntryActions] = []byte(strings.Join(names, ","))
	}
	return entries
}

// All returns all valid keys, in the order of their IDs.
func (k *Keys) All() []Key {
	k.mu.RLock()
	defer k.mu.RUnlock()
	all := make([]Key, 0, len(k.byName))
	for _, e := range k.byName {
		all = append(all, e.key)
	}
	slices.SortFunc(all, func(a, b Key) int { return strings.Compare(a.ID, b.ID) })
	return all
}

// Actions are all actions, in WAHA's order.
func Actions() []Action { return slices.Clone(actions) }
