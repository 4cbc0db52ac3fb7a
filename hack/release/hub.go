package main

import (
	"fmt"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"
)

// kinds are the words of Keep a Changelog, which are Artifact Hub's too.
var kinds = []string{"added", "changed", "deprecated", "removed", "fixed", "security"}

// artifactHub is what Artifact Hub shows of the chart, as annotations.
func (r *release) artifactHub() (map[string]string, error) {
	section, err := r.section()
	if err != nil {
		return nil, err
	}
	var changes []map[string]string
	for _, c := range changesOf(section) {
		if !slices.Contains(kinds, c.kind) {
			return nil, fmt.Errorf("CHANGELOG.md has an entry under %q: use one of %s", c.kind, strings.Join(kinds, ", "))
		}
		changes = append(changes, map[string]string{"kind": c.kind, "description": c.text})
	}
	samples, err := r.examples()
	if err != nil {
		return nil, err
	}
	annotations := map[string]string{
		"artifacthub.io/category":                "streaming-messaging",
		"artifacthub.io/license":                 "Apache-2.0",
		"artifacthub.io/operator":                "true",
		"artifacthub.io/operatorCapabilities":    "Deep Insights",
		"artifacthub.io/prerelease":              fmt.Sprint(strings.Contains(r.version, "-")),
		"artifacthub.io/containsSecurityUpdates": fmt.Sprint(slices.ContainsFunc(changesOf(section), func(c change) bool { return c.kind == "security" })),
	}
	for name, value := range map[string]any{
		"changes":      changes,
		"crdsExamples": samples,
		"crds":         []any{session},
		"images":       []map[string]any{{"name": "wasession", "image": r.repository + ":" + r.version, "platforms": []string{"linux/amd64", "linux/arm64"}}},
		"links":        []map[string]string{{"name": "documentation", "url": "https://github.com/wasession/wasession/tree/main/docs"}},
	} {
		text, err := yaml.Marshal(value)
		if err != nil {
			return nil, err
		}
		annotations["artifacthub.io/"+name] = string(text)
	}
	return annotations, nil
}
