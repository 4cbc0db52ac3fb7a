package desired

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"

	coreac "k8s.io/client-go/applyconfigurations/core/v1"

	"github.com/wasession/wasession/api/v1alpha1"
)

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
	return short(raw, 8), nil
}

// operatorTemplate identifies the operator's part of a session's pod: what the
// pod of an empty spec is made of. It is empty for a session with an image of
// its own, whose pod says nothing about those of others.
func operatorTemplate(s *v1alpha1.WhatsAppSession, settings Settings) (string, error) {
	if podSpec(s).Image != "" {
		return "", nil
	}
	return templateHash(buildPod(&v1alpha1.WhatsAppSession{}, settings))
}

// short is the beginning of a hash, of that many bytes.
func short(raw []byte, length int) string {
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:length])
}

// templateAnnotations say what the pod is made of.
func templateAnnotations(pod *coreac.PodApplyConfiguration, s *v1alpha1.WhatsAppSession, settings Settings) (map[string]string, error) {
	all, err := templateHash(pod)
	if err != nil {
		return nil, err
	}
	operator, err := operatorTemplate(s, settings)
	if err != nil {
		return nil, err
	}
	madeOf, err := inputs(s, settings)
	if err != nil {
		return nil, err
	}
	annotations := map[string]string{AnnotationTemplate: all, AnnotationInputs: madeOf.String()}
	if operator != "" {
		annotations[AnnotationOperatorTemplate] = operator
	}
	return annotations, nil
}
