package packaging

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/apimachinery/pkg/watch"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
	"sigs.k8s.io/yaml"
)

// theCRD names the CRD of sessions.
func theCRD() *unstructured.Unstructured {
	return named("apiextensions.k8s.io/v1", "CustomResourceDefinition", "", "whatsappsessions.wasession.dev")
}

// withoutCRD takes the CRD away until the test ends.
func withoutCRD(t *testing.T) {
	t.Helper()
	t.Cleanup(func() {
		if _, err := envtest.InstallCRDs(cluster, environment.CRDInstallOptions); err != nil {
			t.Error(err)
		}
	})
	crd := theCRD()
	list := &unstructured.UnstructuredList{}
	list.SetGroupVersionKind(crd.GroupVersionKind())
	if err := api.Get(t.Context(), client.ObjectKeyFromObject(crd), crd); err != nil {
		t.Fatal(err)
	}
	list.SetResourceVersion(crd.GetResourceVersion())
	events, err := api.Watch(t.Context(), list, client.MatchingFields{"metadata.name": crd.GetName()})
	if err != nil {
		t.Fatal(err)
	}
	defer events.Stop()
	if err := api.Delete(t.Context(), crd); err != nil {
		t.Fatal(err)
	}
	for event := range events.ResultChan() {
		if event.Type == watch.Deleted {
			return
		}
	}
	t.Fatal("the CRD does not go")
}

// olderChart returns a copy of the previous commit's chart, of a lower version and with a
// CRD that lacks a field.
func olderChart(t *testing.T) string {
	t.Helper()
	older := previousChart(t)
	change := func(file string, change func(map[string]any)) {
		path := filepath.Join(older, file)
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var content map[string]any
		if err := yaml.UnmarshalStrict(text, &content); err != nil {
			t.Fatal(err)
		}
		change(content)
		if text, err = yaml.Marshal(content); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	change("Chart.yaml", func(chart map[string]any) { chart["version"], chart["appVersion"] = "0.0.9", "0.0.9" })
	change("crds/whatsappsessions.yaml", func(crd map[string]any) {
		version := crd["spec"].(map[string]any)["versions"].([]any)[0].(map[string]any)
		unstructured.RemoveNestedField(version, "schema", "openAPIV3Schema", "properties", "spec", "properties", "eventMetadata")
	})
	return older
}

// applyCRDs does what the documented command does.
func applyCRDs(t *testing.T, helm *helm) {
	t.Helper()
	command := regexp.MustCompile(`helm show crds (\S+) \| kubectl apply ([^|` + "`" + `\n]*) -f -`)
	documented := command.FindStringSubmatch(string(read(t, "docs", "operations.md")))
	if documented == nil {
		t.Fatal("docs/operations.md names no command")
	}
	for _, page := range [][]string{{"charts", "wasession", "README.md"}, {"charts", "wasession", "templates", "NOTES.txt"}} {
		if !strings.Contains(string(read(t, page...)), "| kubectl apply "+documented[2]+" -f -") {
			t.Errorf("%s names another command than docs/operations.md", filepath.Join(page...))
		}
	}
	crds, err := decode(helm.run(t, "show", "crds", documented[1]))
	if err != nil {
		t.Fatal(err)
	}
	options := []client.ApplyOption{client.FieldOwner("kubectl")}
	switch documented[2] {
	case "--server-side":
	case "--server-side --force-conflicts":
		options = append(options, client.ForceOwnership)
	default:
		t.Fatalf("kubectl apply %s is not understood here", documented[2])
	}
	for _, crd := range crds {
		if err := api.Apply(t.Context(), client.ApplyConfigurationFromUnstructured(crd), options...); err != nil {
			t.Fatalf("kubectl apply %s: %v", documented[2], err)
		}
	}
}

// awaitAccepted waits until the API server accepts a change, which it does soon after the
// CRD has changed.
func awaitAccepted(t *testing.T, object client.Object, change client.Patch) {
	t.Helper()
	var refusal error
	err := wait.PollUntilContextTimeout(t.Context(), 100*time.Millisecond, time.Minute, true, func(ctx context.Context) (bool, error) {
		refusal = api.Patch(ctx, object.DeepCopyObject().(client.Object), change, client.DryRunAll)
		return refusal == nil, nil
	})
	if err != nil {
		t.Fatalf("the new field is refused: %v", refusal)
	}
}
