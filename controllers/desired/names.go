package desired

import (
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	metaac "k8s.io/client-go/applyconfigurations/meta/v1"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/api/v1alpha1"
)

// Annotations for the operator's own use.
const (
	// AnnotationTemplate is the hash of everything in a pod whose change requires
	// a new pod.
	AnnotationTemplate = "wasession.dev/template-hash"
	// AnnotationOperatorTemplate is the hash of the operator's part of that, the
	// same for all pods of the fleet. A pod with an image of its own has none.
	AnnotationOperatorTemplate = "wasession.dev/operator-template"
	// AnnotationInputs names the fields and flags that the pod was made of, with a
	// hash of each: see Inputs.
	AnnotationInputs = "wasession.dev/template-inputs"
	// AnnotationUpdatedFrom is on a pod that tries a new template of the operator:
	// the operator's part that the session worked with before.
	AnnotationUpdatedFrom = "wasession.dev/updated-from"
	// AnnotationConfig is the hash of the configuration file. Changing it on the
	// running pod makes the kubelet project the new file immediately.
	AnnotationConfig = "wasession.dev/config-hash"
	// AnnotationSecrets does the same for the Secrets that the pod mounts.
	AnnotationSecrets = "wasession.dev/secrets-hash"
	// AnnotationServiceType is Headless on a headless Service. Changing it takes a
	// new Service.
	AnnotationServiceType = "wasession.dev/service-type"
)

// The names of a session's objects. The pod, the Service and the NetworkPolicy
// have the session's name; the others add a suffix.

// SessionName is what the chat API, events and webhooks call the session.
func SessionName(s *v1alpha1.WhatsAppSession) string {
	if s.Spec.SessionName != "" {
		return s.Spec.SessionName
	}
	return s.Name
}

// PodName is the fixed name of the session's only pod.
func PodName(s *v1alpha1.WhatsAppSession) string { return s.Name }

// ServiceName is the name of the session's Service.
func ServiceName(s *v1alpha1.WhatsAppSession) string { return s.Name }

// NetworkPolicyName is the name of the session's NetworkPolicy.
func NetworkPolicyName(s *v1alpha1.WhatsAppSession) string { return s.Name }

// ConfigMapName is the name of the ConfigMap with the runtime's configuration.
func ConfigMapName(s *v1alpha1.WhatsAppSession) string { return s.Name + "-config" }

// GeneratedKeysName is the name of the Secret with generated API keys.
func GeneratedKeysName(s *v1alpha1.WhatsAppSession) string { return s.Name + "-keys" }

// KeysSecretName is the name of the Secret with the session's API keys: the one
// in the spec, or the generated one.
func KeysSecretName(s *v1alpha1.WhatsAppSession) string {
	if s.Spec.API != nil && s.Spec.API.KeysSecretRef != nil {
		return s.Spec.API.KeysSecretRef.Name
	}
	return GeneratedKeysName(s)
}

// GeneratesKeys reports whether the operator generates the session's API keys.
func GeneratesKeys(s *v1alpha1.WhatsAppSession) bool {
	return s.Spec.API == nil || s.Spec.API.KeysSecretRef == nil
}

// ClaimName is the name of the session's claim: the adopted one, or its own.
func ClaimName(s *v1alpha1.WhatsAppSession) string {
	if s.Spec.Storage.ExistingClaim != "" {
		return s.Spec.Storage.ExistingClaim
	}
	return s.Name + "-data"
}

// Endpoint is the URL of the session's chat API inside the cluster. The Service
// listens on the same port as the runtime and WAHA, so that only the host
// differs from the URLs of a WAHA server.
func Endpoint(s *v1alpha1.WhatsAppSession) string {
	return fmt.Sprintf("http://%s.%s.svc:%d", ServiceName(s), s.Namespace, runtimev1.Port)
}

// selector matches the session's pod and nothing else.
func selector(s *v1alpha1.WhatsAppSession) map[string]string {
	return map[string]string{
		v1alpha1.LabelManagedBy: v1alpha1.ManagerName,
		v1alpha1.LabelSession:   s.Name,
	}
}

// ownerReference makes the session the controller of an object.
func ownerReference(s *v1alpha1.WhatsAppSession) *metaac.OwnerReferenceApplyConfiguration {
	return metaac.OwnerReference().
		WithAPIVersion(v1alpha1.GroupVersion.String()).
		WithKind(v1alpha1.Kind).
		WithName(s.Name).
		WithUID(s.UID).
		WithController(true).
		WithBlockOwnerDeletion(true)
}

// OwnerReference is ownerReference for objects that are created, not applied.
func OwnerReference(s *v1alpha1.WhatsAppSession) metav1.OwnerReference {
	return *metav1.NewControllerRef(s, v1alpha1.GroupVersion.WithKind(v1alpha1.Kind))
}
