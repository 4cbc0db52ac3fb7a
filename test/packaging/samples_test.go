package packaging

import (
	"regexp"
	"strings"
	"testing"

	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"

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
	wantNamed(t, &spec, full.Object["spec"], "spec", map[string]bool{
		"spec.storage.existingClaim":   true, // excludes claim
		"spec.storage.media.volume":    true, // excludes s3
		"spec.pod.resources.claims":    true, // refused
		"spec.webhooks[].urlSecretRef": true, // excludes url
	})
}

// wantNamed walks a schema and checks that the sample sets each field, down to
// types that belong to Kubernetes.
func wantNamed(t *testing.T, schema *apiextensions.JSONSchemaProps, sample any, at string, excused map[string]bool) {
	t.Helper()
	if schema.Items != nil {
		if list, ok := sample.([]any); ok && len(list) > 0 {
			wantNamed(t, schema.Items.Schema, list[0], at+"[]", excused)
		}
		return
	}
	fields, _ := sample.(map[string]any)
	for name := range schema.Properties {
		field, path := schema.Properties[name], at+"."+name
		value, there := fields[name]
		if !there {
			if !excused[path] {
				t.Errorf("the full sample lacks %s", path)
			}
			continue
		}
		if path != "spec.pod.affinity" && path != "spec.pod.tolerations" && path != "spec.pod.topologySpreadConstraints" {
			wantNamed(t, &field, value, path, excused)
		}
	}
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
