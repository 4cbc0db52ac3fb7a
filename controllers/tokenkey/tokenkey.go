// Package tokenkey stores the keys that sign tokens in Secrets in the operator's
// namespace: its own, shared by its replicas, and the gateway's.
package tokenkey

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/api/v1alpha1"
)

// The names of the Secrets.
const (
	// Operator is the key of the operator's own tokens.
	Operator = "wasession-operator-token-key"
	// Gateway is the key of the gateway's access tokens. The operator creates it,
	// the gateway reads it.
	Gateway = "wasession-gateway-token-key"
)

// entry is the key in a Secret that holds the 32-byte seed.
const entry = "ed25519-seed"

// Load reads the key in the Secret of this name, or creates it if there is none. To
// replace a key, delete its Secret and restart the operator: the pods read the new
// public key from their configuration.
func Load(ctx context.Context, c client.Client, namespace, name string) (ed25519.PrivateKey, error) {
	key, err := read(ctx, c, namespace, name)
	if !apierrors.IsNotFound(err) {
		return key, err
	}
	seed := make([]byte, ed25519.SeedSize)
	_, _ = rand.Read(seed) // never fails
	err = c.Create(ctx, &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{
			Name: name, Namespace: namespace,
			Labels: map[string]string{v1alpha1.LabelName: v1alpha1.ProductName, v1alpha1.LabelPartOf: v1alpha1.ProductName},
		},
		Type: corev1.SecretTypeOpaque,
		Data: map[string][]byte{entry: seed},
	})
	if apierrors.IsAlreadyExists(err) {
		return read(ctx, c, namespace, name) // the other replica was faster
	}
	if err != nil {
		return nil, fmt.Errorf("creating the token key, Secret %s in %s: %w", name, namespace, err)
	}
	return ed25519.NewKeyFromSeed(seed), nil
}

func read(ctx context.Context, c client.Client, namespace, name string) (ed25519.PrivateKey, error) {
	var secret corev1.Secret
	if err := c.Get(ctx, types.NamespacedName{Namespace: namespace, Name: name}, &secret); err != nil {
		if apierrors.IsNotFound(err) {
			return nil, err
		}
		return nil, fmt.Errorf("reading the token key, Secret %s in %s: %w", name, namespace, err)
	}
	seed := secret.Data[entry]
	if len(seed) != ed25519.SeedSize {
		return nil, fmt.Errorf("the Secret %s in %s has no key of %d bytes in %s: delete it and restart the operator to create a new one", name, namespace, ed25519.SeedSize, entry)
	}
	return ed25519.NewKeyFromSeed(seed), nil
}
