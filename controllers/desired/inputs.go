package desired

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/wasession/wasession/api/v1alpha1"
)

// Inputs are what a session's pod is made of: a short hash of each value by the
// name that its owner knows it under, which is the path of a field of the spec
// or a flag of the operator. Values that are not set are left out.
type Inputs map[string]string

const specPrefix = "spec."

// ParseInputs is the inverse of String. It ignores what it does not understand.
func ParseInputs(text string) Inputs {
	inputs := Inputs{}
	for entry := range strings.SplitSeq(text, ",") {
		if name, hash, ok := strings.Cut(entry, "="); ok {
			inputs[name] = hash
		}
	}
	return inputs
}

// String returns the inputs sorted by name.
func (i Inputs) String() string {
	entries := make([]string, 0, len(i))
	for _, name := range slices.Sorted(maps.Keys(i)) {
		entries = append(entries, name+"="+i[name])
	}
	return strings.Join(entries, ",")
}

// Changed returns the names of the inputs that differ: fields of the session,
// and flags of the operator.
func (i Inputs) Changed(from Inputs) (fields, flags []string) {
	names := maps.Clone(i)
	maps.Copy(names, from)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		switch {
		case i[name] == from[name]:
		case strings.HasPrefix(name, specPrefix):
			fields = append(fields, name)
		default:
			flags = append(flags, name)
		}
	}
	return fields, flags
}

// Session identifies the session's own part of the pod.
func (i Inputs) Session() string {
	own := maps.Clone(i)
	maps.DeleteFunc(own, func(name, _ string) bool { return !strings.HasPrefix(name, specPrefix) })
	return short([]byte(own.String()), 8)
}

// hashes leaves out values that are not set.
func hashes(values map[string]any) (Inputs, error) {
	inputs := Inputs{}
	for name, value := range values {
		raw, err := json.Marshal(value)
		if err != nil {
			return nil, fmt.Errorf("encoding %s: %w", name, err)
		}
		if text := string(raw); text != `""` && text != "null" {
			inputs[name] = short(raw, 4)
		}
	}
	return inputs, nil
}

// index is the position in a list of the spec.
var index = regexp.MustCompile(`\[\d+\]`)

// sessionInputs are the fields of the spec that the pod depends on.
func sessionInputs(s *v1alpha1.WhatsAppSession) (map[string]any, error) {
	raw, err := json.Marshal(podSpec(s))
	if err != nil {
		return nil, fmt.Errorf("encoding spec.pod: %w", err)
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(raw, &fields); err != nil {
		return nil, fmt.Errorf("decoding spec.pod: %w", err)
	}
	values := map[string]any{specPrefix + "storage.existingClaim": s.Spec.Storage.ExistingClaim}
	values[specPrefix+"sessionName"] = s.Spec.SessionName
	for name, value := range fields {
		values[specPrefix+"pod."+name] = value
	}
	if inherited := s.Spec.InheritedMetadata; inherited != nil {
		values[specPrefix+"inheritedMetadata"] = inherited
	}
	if ca := s.Spec.CABundle; ca != nil {
		values[caBundleField] = ca
	}
	// Secrets by their field: another order of a list changes nothing.
	secrets := map[string][]string{}
	for _, use := range SecretUses(s) {
		if use.Field == caBundleField {
			continue // with its kind and key, above
		}
		field := index.ReplaceAllString(use.Field, "")
		secrets[field] = append(secrets[field], use.Name)
	}
	for field, names := range secrets {
		slices.Sort(names)
		values[field] = slices.Compact(names)
	}
	return values, nil
}

// operatorInputs are the flags that a pod depends on. Those that the session
// overrides are among them: setting a field of the spec changes no flag.
func operatorInputs(settings Settings) map[string]any {
	limits, requests := settings.Resources.Limits, settings.Resources.Requests
	values := map[string]any{
		"--runtime-image":              settings.RuntimeImage,
		"--runtime-image-pull-policy":  settings.ImagePullPolicy,
		"--runtime-image-pull-secrets": strings.Join(settings.ImagePullSecrets, ","),
		"--runtime-priority-class":     settings.PriorityClassName,
		"--runtime-tolerations":        settings.Tolerations,
		"--runtime-memory-limit":       limits.Memory(),
		"--runtime-memory-request":     requests.Memory(),
		"--runtime-cpu-request":        requests.Cpu(),
		"--runtime-listen-address":     settings.ListenAddress,
		"--whatsapp-endpoint":          settings.WhatsAppEndpoint,
		"--whatsapp-root-key":          settings.WhatsAppRootKey,
		"--egress-allow":               strings.Join(settings.EgressAllow, ","),
	}
	if settings.AllowLoopback {
		values["--egress-allow-loopback"] = true
	}
	if len(settings.MetricsNamespaces) > 0 {
		values["--metrics-namespaces"] = true // which ones is no part of the pod
	}
	return values
}
