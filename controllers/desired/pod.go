package desired

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"

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
// running pod. AnnotationTemplate is the hash of everything else.
func Pod(s *v1alpha1.WhatsAppSession, settings Settings) (*coreac.PodApplyConfiguration, error) {
	custom := podSpec(s)
	pod := coreac.Pod(PodName(s), s.Namespace).
		WithLabels(labels(s, custom.Labels)).
		WithAnnotations(annotations(s, custom.Annotations)).
		WithOwnerReferences(ownerReference(s)).
		WithSpec(runtimePodSpec(s, custom, settings))

	hash, err := templateHash(pod)
	if err != nil {
		return nil, err
	}
	return pod.WithAnnotations(map[string]string{AnnotationTemplate: hash, AnnotationSafeToEvict: SafeToEvict(s)}), nil
}

// templateHash identifies the template of a pod. It leaves out the owner, as a
// restored session has a new UID but the same pod.
func templateHash(pod *coreac.PodApplyConfiguration) (string, error) {
	template := *pod
	meta := *pod.ObjectMetaApplyConfiguration
	meta.OwnerReferences = nil
	meta.Annotations = maps.Clone(meta.Annotations)
	template.ObjectMetaApplyConfiguration = &meta
	raw, err := json.Marshal(template)
	if err != nil {
		return "", fmt.Errorf("hashing the pod template: %w", err)
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:8]), nil
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
