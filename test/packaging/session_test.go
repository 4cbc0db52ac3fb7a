package packaging

import (
	"strings"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"
)

// session returns the manifest of a session with the given name and spec.
func session(t *testing.T, name, spec string) *unstructured.Unstructured {
	t.Helper()
	object := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "wasession.dev/v1alpha1",
		"kind":       "WhatsAppSession",
		"metadata":   map[string]any{"name": name, "namespace": namespace},
	}}
	if spec == "" {
		return object
	}
	var fields map[string]any
	if err := yaml.UnmarshalStrict([]byte(spec), &fields); err != nil {
		t.Fatalf("the test's own YAML: %v", err)
	}
	object.Object["spec"] = fields
	return object
}

// create creates a session that must be accepted, and deletes it afterwards.
func create(t *testing.T, object *unstructured.Unstructured) *unstructured.Unstructured {
	t.Helper()
	if err := api.Create(t.Context(), object); err != nil {
		t.Fatalf("refused: %v", err)
	}
	t.Cleanup(func() {
		if err := api.Delete(background(), object); client.IgnoreNotFound(err) != nil {
			t.Errorf("delete %s: %v", object.GetName(), err)
		}
	})
	return object
}

// wantRefused fails unless err is the API server's refusal of the given field
// with the given words.
func wantRefused(t *testing.T, err error, field, words string) {
	t.Helper()
	if err == nil {
		t.Fatalf("accepted, want a refusal that says %q", words)
	}
	if !apierrors.IsInvalid(err) && !apierrors.IsBadRequest(err) {
		t.Fatalf("failed otherwise: %v", err)
	}
	for _, want := range []string{field, words} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the refusal does not say %q:\n%v", want, err)
		}
	}
	if strings.Contains(err.Error(), "evaluating rule") {
		t.Errorf("a rule broke instead of refusing:\n%v", err)
	}
}
