package desired

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"slices"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/api/v1alpha1"
)

// SecretUse is a reference of the spec to a Secret.
type SecretUse struct {
	// Field is the path of the reference in the resource, for messages.
	Field string
	// Name is the Secret's name, in the session's namespace.
	Name string
	// Required: the pod cannot start without the Secret. Others are mounted as
	// optional, so that a missing one does not stop the whole session.
	Required bool
	// Apart: the Secret is not mounted in SecretsDir, but where its builder says.
	Apart bool
}

// SecretUses lists the references to Secrets that the runtime reads, in the
// order of the spec's fields.
func SecretUses(s *v1alpha1.WhatsAppSession) []SecretUse {
	var uses []SecretUse
	use := func(name, field string, args ...any) {
		uses = append(uses, SecretUse{Field: fmt.Sprintf(field, args...), Name: name})
	}
	if m := s.Spec.Storage.Media; m != nil && m.S3 != nil {
		use(m.S3.SecretRef.Name, "spec.storage.media.s3.secretRef")
	}
	for i, w := range s.Spec.Webhooks {
		if w.URLSecretRef != nil {
			use(w.URLSecretRef.Name, "spec.webhooks[%d].urlSecretRef", i)
		}
		if w.HMACSecretRef != nil {
			use(w.HMACSecretRef.Name, "spec.webhooks[%d].hmacSecretRef", i)
		}
		if w.HeadersSecretRef != nil {
			use(w.HeadersSecretRef.Name, "spec.webhooks[%d].headersSecretRef", i)
		}
	}
	if !GeneratesKeys(s) {
		uses = append(uses, SecretUse{Field: "spec.api.keysSecretRef", Name: KeysSecretName(s), Required: true, Apart: true})
	}
	if p := s.Spec.Proxy; p != nil && p.SecretRef != nil {
		use(p.SecretRef.Name, "spec.proxy.secretRef")
	}
	if ca := s.Spec.CABundle; ca != nil && ca.Kind == v1alpha1.CABundleSecret {
		uses = append(uses, SecretUse{Field: caBundleField, Name: ca.Name, Apart: true})
	}
	return uses
}

// PullSecretUses lists the references to image pull secrets.
func PullSecretUses(s *v1alpha1.WhatsAppSession) []SecretUse {
	if s.Spec.Pod == nil {
		return nil
	}
	var uses []SecretUse
	for i, secret := range s.Spec.Pod.ImagePullSecrets {
		uses = append(uses, SecretUse{Field: fmt.Sprintf("spec.pod.imagePullSecrets[%d]", i), Name: secret.Name})
	}
	return uses
}

// secretDir is the mount path of a Secret that the configuration refers to.
func secretDir(name string) string { return path.Join(runtimev1.SecretsDir, name) }

// secretVolume names the volume of a Secret; a Secret's name can be too long for it.
func secretVolume(name string) string {
	sum := sha256.Sum256([]byte(name))
	return "secret-" + hex.EncodeToString(sum[:5])
}

// mountedSecrets returns the names of the Secrets to mount in SecretsDir, unique
// and sorted, so that reordering webhooks does not restart the pod.
func mountedSecrets(s *v1alpha1.WhatsAppSession) []string {
	var names []string
	for _, use := range SecretUses(s) {
		if !use.Apart {
			names = append(names, use.Name)
		}
	}
	slices.SortFunc(names, cmp.Compare[string])
	return slices.Compact(names)
}
