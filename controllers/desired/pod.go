package desired

import (
	corev1 "k8s.io/api/core/v1"
	coreac "k8s.io/client-go/applyconfigurations/core/v1"

	"github.com/wasession/wasession/api/v1alpha1"
)

// terminationGraceSeconds is three times what the runtime needs to commit
// everything and stop.
const terminationGraceSeconds = 30

// userID is "nonroot" of the distroless images, used as user, group and fsGroup.
const userID = 65532

// Pod returns the session's pod without AnnotationConfig, which changes on the
// running pod. The annotations of its template tell what it is made of.
func Pod(s *v1alpha1.WhatsAppSession, settings Settings) (*coreac.PodApplyConfiguration, error) {
	pod := buildPod(s, settings)
	template, err := templateAnnotations(pod, s, settings)
	if err != nil {
		return nil, err
	}
	return pod.WithAnnotations(template).WithAnnotations(map[string]string{AnnotationSafeToEvict: SafeToEvict(s)}), nil
}

func buildPod(s *v1alpha1.WhatsAppSession, settings Settings) *coreac.PodApplyConfiguration {
	custom := podSpec(s)
	return coreac.Pod(PodName(s), s.Namespace).
		WithLabels(labels(s, custom.Labels)).
		WithAnnotations(annotations(s, custom.Annotations)).
		WithOwnerReferences(ownerReference(s)).
		WithSpec(runtimePodSpec(s, custom, settings))
}

func podSpec(s *v1alpha1.WhatsAppSession) *v1alpha1.PodSpec {
	if s.Spec.Pod == nil {
		return &v1alpha1.PodSpec{}
	}
	return s.Spec.Pod
}

func runtimePodSpec(s *v1alpha1.WhatsAppSession, custom *v1alpha1.PodSpec, settings Settings) *coreac.PodSpecApplyConfiguration {
	spec := coreac.PodSpec().
		// The pod has no Kubernetes credentials.
		WithAutomountServiceAccountToken(false).
		WithEnableServiceLinks(false).
		WithRestartPolicy(corev1.RestartPolicyAlways).
		WithTerminationGracePeriodSeconds(terminationGraceSeconds).
		WithSecurityContext(coreac.PodSecurityContext().
			WithRunAsNonRoot(true).
			WithRunAsUser(userID).
			WithRunAsGroup(userID).
			WithFSGroup(userID).
			WithFSGroupChangePolicy(corev1.FSGroupChangeOnRootMismatch).
			WithSeccompProfile(coreac.SeccompProfile().WithType(corev1.SeccompProfileTypeRuntimeDefault))).
		WithContainers(runtimeContainer(s, custom, settings)).
		WithVolumes(volumes(s)...)

	if custom.ServiceAccountName != "" {
		spec.WithServiceAccountName(custom.ServiceAccountName)
	}
	schedule(spec, custom, settings)
	return spec
}
