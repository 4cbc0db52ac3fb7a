package desired

import (
	"encoding/json"

	corev1 "k8s.io/api/core/v1"
	coreac "k8s.io/client-go/applyconfigurations/core/v1"

	"github.com/wasession/wasession/api/v1alpha1"
)

// schedule copies the scheduling fields of spec.pod, or else of the operator's
// flags.
func schedule(spec *coreac.PodSpecApplyConfiguration, custom *v1alpha1.PodSpec, settings Settings) {
	spec.WithNodeSelector(plain(custom.NodeSelector))
	if class := firstOf(custom.PriorityClassName, settings.PriorityClassName); class != "" {
		spec.WithPriorityClassName(class)
	}
	for _, name := range pullSecrets(custom, settings) {
		spec.WithImagePullSecrets(coreac.LocalObjectReference().WithName(name))
	}
	tolerations := custom.Tolerations
	if len(tolerations) == 0 {
		tolerations = settings.Tolerations
	}
	for i := range tolerations {
		spec.WithTolerations(convert[coreac.TolerationApplyConfiguration](&tolerations[i]))
	}
	for i := range custom.TopologySpreadConstraints {
		spec.WithTopologySpreadConstraints(
			convert[coreac.TopologySpreadConstraintApplyConfiguration](&custom.TopologySpreadConstraints[i]))
	}
	if custom.Affinity != nil {
		spec.WithAffinity(convert[coreac.AffinityApplyConfiguration](custom.Affinity))
	}
}

func pullSecrets(custom *v1alpha1.PodSpec, settings Settings) []string {
	if len(custom.ImagePullSecrets) == 0 {
		return settings.ImagePullSecrets
	}
	var names []string
	for _, secret := range custom.ImagePullSecrets {
		names = append(names, secret.Name)
	}
	return names
}

func resourceRequirements(resources corev1.ResourceRequirements) *coreac.ResourceRequirementsApplyConfiguration {
	return convert[coreac.ResourceRequirementsApplyConfiguration](&resources)
}

// convert turns an API value into its apply configuration. Both have the same
// JSON, so this cannot fail.
func convert[To any](from any) *To {
	to := new(To)
	raw, err := json.Marshal(from)
	if err == nil {
		err = json.Unmarshal(raw, to)
	}
	if err != nil {
		panic("an API type and its apply configuration differ: " + err.Error())
	}
	return to
}
