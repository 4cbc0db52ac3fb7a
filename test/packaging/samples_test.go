package packaging

import (
	"regexp"
	"strings"
	"testing"

	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"sigs.k8s.io/yaml"

	"github.com/wasession/wasession/api/v1alpha1"
)

// People copy the samples: each is accepted unchanged.
func TestSamplesAreApplicable(t *testing.T) {
	wantApplicable(t, render(t, "kustomize", "config/samples"))
}

// The first sample is one session named default that needs nothing else to
// exist.
func TestFirstSample(t *testing.T) {
	all, err := decode(read(t, "config", "samples", "whatsappsession.yaml"))
	if err != nil || len(all) != 1 {
		t.Fatalf("%d objects, %v", len(all), err)
	}
	if first := all[0]; first.GetName() != "default" || first.GetKind() != v1alpha1.Kind || first.GetNamespace() != "" {
		t.Errorf("the first sample is %s %s/%s", first.GetKind(), first.GetNamespace(), first.GetName())
	}
}

// The full sample sets every field, except those that exclude one it sets.
func TestFullSampleIsFull(t *testing.T) {
	full := render(t, "kustomize", "config/samples").one(t, v1alpha1.Kind, "sales-eu")
	spec := crdSpec(t)
	excused := map[string]bool{
		"spec.storage.existingClaim": true, // excludes claim
		"spec.storage.media.volume":  true, // excludes s3
		"spec.pod.resources.claims":  true, // refused
	}
	for _, path := range unnamed(&spec, []any{full.Object["spec"]}, "spec") {
		if !excused[path] {
			t.Errorf("the full sample lacks %s", path)
		}
	}
}

// The stored sessions that every version must read set every field between them.
func TestStoredSessionsAreFull(t *testing.T) {
	var specs, statuses []any
	for _, name := range []string{"created-claim.yaml", "adopted-claim.yaml"} {
		var stored map[string]any
		if err := yaml.UnmarshalStrict(read(t, "controllers", "testdata", "stored", name), &stored); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		specs, statuses = append(specs, stored["spec"]), append(statuses, stored["status"])
	}
	spec, status := crdSpec(t), crdPart(t, "status")
	for _, path := range append(unnamed(&spec, specs, "spec"), unnamed(&status, statuses, "status")...) {
		if path != "spec.pod.resources.claims" { // refused
			t.Errorf("controllers/testdata/stored lacks %s: add it, and once a release has stored it, leave it", path)
		}
	}
}

// unnamed walks a schema and returns the fields that no sample sets, down to types
// that belong to Kubernetes.
func unnamed(schema *apiextensions.JSONSchemaProps, samples []any, at string) []string {
	if schema.Items != nil {
		var elements []any
		for _, sample := range samples {
			list, _ := sample.([]any)
			elements = append(elements, list...)
		}
		return unnamed(schema.Items.Schema, elements, at+"[]")
	}
	var missing []string
	for name := range schema.Properties {
		field, path := schema.Properties[name], at+"."+name
		var values []any
		for _, sample := range samples {
			fields, _ := sample.(map[string]any)
			if value, there := fields[name]; there {
				values = append(values, value)
			}
		}
		switch {
		case len(values) == 0:
			missing = append(missing, path)
		case path != "spec.pod.affinity" && path != "spec.pod.tolerations" && path != "spec.pod.topologySpreadConstraints":
			missing = append(missing, unnamed(&field, values, path)...)
		}
	}
	return missing
}

// Every field is described, without internal notes from the source.
func TestFieldsAreDescribed(t *testing.T) {
	reference := string(read(t, "docs", "reference", "whatsappsession.md"))
	spec := crdSpec(t)
	var walk func(schema *apiextensions.JSONSchemaProps, at string)
	walk = func(schema *apiextensions.JSONSchemaProps, at string) {
		for name := range schema.Properties {
			field, path := schema.Properties[name], at+"."+name
			if field.Description == "" || strings.Contains(field.Description, "+optional") {
				t.Errorf("%s is described as %q", path, field.Description)
			}
			if !strings.Contains(reference, "### `"+path+"`\n") {
				t.Errorf("the reference lacks %s: run make manifests", path)
			}
			if regexp.MustCompile(`^spec\.pod\.(affinity|tolerations|topologySpreadConstraints|resources)$`).MatchString(path) {
				continue
			}
			walk(&field, path)
			if field.Items != nil {
				walk(field.Items.Schema, path+"[]")
			}
		}
	}
	walk(&spec, "spec")
}
