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
// restored session has a new UID but the same pod, and the shard, as a session
// changes over to another operator without a restart.
func templateHash(pod *coreac.PodApplyConfiguration) (string, error) {
	template := *pod
	meta := *pod.ObjectMetaApplyConfiguration
	meta.OwnerReferences = nil
	meta.Annotations = maps.Clone(meta.Annotations)
	meta.Labels = maps.Clone(meta.Labels)
	delete(meta.Labels, v1alpha1.LabelShard)
	template.ObjectMetaApplyConfiguration = &meta
	raw, err := json.Marshal(template)
	if err != nil {
		return "", fmt.Errorf("hashing the pod template: %w", err)
	}
	return short(raw, 8), nil
}

// operatorPart is what a session's pod is made of beside its spec.
type operatorPart struct {
	// template identifies what the pod of an empty spec is made of.
	template string
	inputs   Inputs
}

// Prepared returns settings that know their part of every pod, which need not
// be worked out again for each.
func (settings Settings) Prepared() (Settings, error) {
	if settings.part != nil {
		return settings, nil
	}
	template, err := templateHash(buildPod(&v1alpha1.WhatsAppSession{}, settings))
	if err != nil {
		return settings, err
	}
	inputs, err := hashes(operatorInputs(settings))
	if err != nil {
		return settings, err
	}
	settings.part = &operatorPart{template, inputs}
	return settings, nil
}

// short is the beginning of a hash, of that many bytes.
func short(raw []byte, length int) string {
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:length])
}

// templateAnnotations say what the pod is made of. A session with an image of its
// own has no operator's template: its pod says nothing about those of others.
func templateAnnotations(pod *coreac.PodApplyConfiguration, s *v1alpha1.WhatsAppSession, settings Settings) (map[string]string, error) {
	all, err := templateHash(pod)
	if err != nil {
		return nil, err
	}
	settings, err = settings.Prepared()
	if err != nil {
		return nil, err
	}
	values, err := sessionInputs(s)
	if err != nil {
		return nil, err
	}
	madeOf, err := hashes(values)
	if err != nil {
		return nil, err
	}
	maps.Copy(madeOf, settings.part.inputs)
	annotations := map[string]string{AnnotationTemplate: all, AnnotationInputs: madeOf.String()}
	if podSpec(s).Image == "" {
		annotations[AnnotationOperatorTemplate] = settings.part.template
	}
	return annotations, nil
}
