package desired

import (
	coreac "k8s.io/client-go/applyconfigurations/core/v1"

	runtimev1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/api/v1alpha1"
)

// ConfigMap returns the ConfigMap with the runtime's configuration file.
func ConfigMap(s *v1alpha1.WhatsAppSession, file []byte) *coreac.ConfigMapApplyConfiguration {
	return coreac.ConfigMap(ConfigMapName(s), s.Namespace).
		WithLabels(Labels(s)).
		WithAnnotations(annotations[string](s, nil)).
		WithOwnerReferences(ownerReference(s)).
		WithData(map[string]string{runtimev1.ConfigFile: string(file)})
}
