package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/api/v1alpha1"
)

// CookieKeySecret is the Secret with the key that encrypts the dashboard's cookies,
// which all replicas share, and cookieKeyEntry its entry.
const (
	CookieKeySecret = "wasession-gateway-cookie-key"
	cookieKeyEntry  = "aes-256-key"
)

const cookieKeyLength = 32

// loadCookieKey reads the key, and makes it if there is none. Who deletes the Secret and
// restarts the gateway ends all logins.
func loadCookieKey(ctx context.Context, c client.Client, namespace string) ([]byte, error) {
	key := make([]byte, cookieKeyLength)
	rand.Read(key)
	secret := &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: CookieKeySecret, Labels: map[string]string{
			v1alpha1.LabelName: v1alpha1.ProductName, v1alpha1.LabelPartOf: v1alpha1.ProductName,
		}},
		Data: map[string][]byte{cookieKeyEntry: key},
	}
	name := types.NamespacedName{Namespace: namespace, Name: CookieKeySecret}
	err := c.Get(ctx, name, secret)
	if apierrors.IsNotFound(err) {
		if err = c.Create(ctx, secret); apierrors.IsAlreadyExists(err) {
			err = c.Get(ctx, name, secret) // another replica was faster
		}
	}
	if err != nil {
		return nil, fmt.Errorf("reading the key for cookies: %w", err)
	}
	if found := secret.Data[cookieKeyEntry]; len(found) == cookieKeyLength {
		return found, nil
	}
	return nil, errors.New("the Secret " + CookieKeySecret + " has no key of 32 bytes in " + cookieKeyEntry + ": delete it and restart the gateway")
}
