package packaging

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

// buildAsArgoCD builds the folder of an Application after its patches were added to
// the kustomization there, as Argo CD does it.
func buildAsArgoCD(t *testing.T, application *unstructured.Unstructured) objects {
	t.Helper()
	samples := filepath.Join("config", "samples")
	checkout := t.TempDir()
	if err := os.CopyFS(filepath.Join(checkout, samples), os.DirFS(filepath.Join(root, samples))); err != nil {
		t.Fatal(err)
	}
	source := nested(t, application, "spec", "source")
	folder := filepath.Join(checkout, source["path"].(string))
	file := filepath.Join(folder, "kustomization.yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var kustomization map[string]any
	if err := yaml.UnmarshalStrict(text, &kustomization); err != nil {
		t.Fatal(err)
	}
	patches, _ := kustomization["patches"].([]any)
	kustomization["patches"] = slices.Concat(patches, source["kustomize"].(map[string]any)["patches"].([]any))
	if text, err = yaml.Marshal(kustomization); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return render(t, "kustomize", folder)
}

// inNamespace puts objects that have no namespace into one.
func inNamespace(t *testing.T, all objects, name any) {
	t.Helper()
	for _, object := range all {
		if object.GetNamespace() == "" {
			object.SetNamespace(name.(string))
		}
	}
}
