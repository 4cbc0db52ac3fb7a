package desired

import (
	"encoding/json"

	corev1 "k8s.io/api/core/v1"
	coreac "k8s.io/client-go/applyconfigurations/core/v1"

	"github.com/wasession/wasession/api/v1alpha1"
)

// schedule copies the scheduling fields of spec.pod.
func schedule(spec *coreac.PodSpecApplyConfiguration, custom *v1alpha1.PodSpec) {
	spec.WithNodeSelector(custom.NodeSelector)
	if custom.PriorityClassName != "" {
		spec.WithPriorityClassName(custom.PriorityClassName)
	}
	for _, secret := range custom.ImagePullSecrets {
		spec.WithImagePullSecrets(coreac.LocalObjectReference().WithName(secret.Name))
	}
	for i := range custom.Tolerations {
		spec.WithTolerations(convert[coreac.TolerationApplyConfiguration](&custom.Tolerations[i]))
	}
	for i := range custom.TopologySpreadConstraints {
		spec.WithTopologySpreadConstraints(
			convert[coreac.TopologySpreadConstraintApplyConfiguration](&custom.TopologySpreadConstraints[i]))
	}
	if custom.Affinity != nil {
		spec.WithAffinity(convert[coreac.AffinityApplyConfiguration](custom.Affinity))
	}
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
