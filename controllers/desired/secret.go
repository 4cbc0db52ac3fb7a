package desired

import (
	"crypto/rand"
	"encoding/base64"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/api/v1alpha1"
)

// keyBytes is the number of random bytes in a generated key.
const keyBytes = 32

// KeysSecret returns a Secret with a new API key. It is created once and never
// applied again, so that users can replace the key.
func KeysSecret(s *v1alpha1.WhatsAppSession) *corev1.Secret {
	secret := &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{
			Name: GeneratedKeysName(s), Namespace: s.Namespace, Labels: Labels(s), Annotations: annotations[string](s, nil),
		},
		Type: corev1.SecretTypeOpaque,
		Data: map[string][]byte{runtimev1.APIKeyFile: randomKey()},
	}
	if !Retains(s) {
		secret.OwnerReferences = []metav1.OwnerReference{OwnerReference(s)}
	}
	return secret
}

// randomKey returns keyBytes random bytes in URL-safe base64.
func randomKey() []byte {
	raw := make([]byte, keyBytes)
	_, _ = rand.Read(raw) // never fails
	return base64.RawURLEncoding.AppendEncode(nil, raw)
}
