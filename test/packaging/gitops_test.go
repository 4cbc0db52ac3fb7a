package packaging

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
	"sigs.k8s.io/yaml"
)

// The examples for Argo CD and Flux can be applied as they are, and make of this
// checkout what they promise.
func TestGitOps(t *testing.T) {
	crds := envtest.CRDInstallOptions{Paths: []string{tool(t, "gitops-crds")}, ErrorIfPathMissing: true}
	if _, err := envtest.InstallCRDs(cluster, crds); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := envtest.UninstallCRDs(cluster, crds); err != nil {
			t.Error(err)
		}
	})

	t.Run("Argo CD installs the operator", func(t *testing.T) {
		application := example(t, "argocd-application.yaml").one(t, "Application", "wasession")
		source := nested(t, application, "spec", "source")
		chart := chartMetadata(t)
		wantEqual(t, []any{source["chart"], source["targetRevision"]}, []any{chart.Name, chart.Version})
		helm := nested(t, application, "spec", "source", "helm")
		wantInstalls(t, helm["releaseName"], nested(t, application, "spec", "destination")["namespace"], helm["valuesObject"])
	})

	t.Run("Argo CD makes a fleet", func(t *testing.T) {
		example(t, "argocd-applicationset.yaml")
		printed, err := output(exec.Command(tool(t, "gitops"), filepath.Join(root, "config", "gitops", "argocd-applicationset.yaml")))
		if err != nil {
			t.Fatal(err)
		}
		applications, err := decode(printed)
		if err != nil {
			t.Fatal(err)
		}
		wantApplicable(t, applications)
		wantEqual(t, applications.names(), []string{
			"Application whatsapp-sales-lisbon", "Application whatsapp-sales-porto", "Application whatsapp-support-helpdesk",
		})
		var sessions objects
		for _, application := range applications {
			wantRevision(t, nested(t, application, "spec", "source")["targetRevision"])
			built := buildAsArgoCD(t, application)
			inNamespace(t, built, nested(t, application, "spec", "destination")["namespace"])
			sessions = append(sessions, built...)
		}
		wantFleet(t, sessions, map[string]string{
			"sales/lisbon": "351210000001", "sales/porto": "351220000002", "support/helpdesk": "351210000003",
		})
	})

	t.Run("Flux installs the operator", func(t *testing.T) {
		all := example(t, "flux-operator.yaml")
		release := all.one(t, "HelmRelease", "wasession")
		chart := chartMetadata(t)
		source := nested(t, all.one(t, "OCIRepository", nested(t, release, "spec", "chartRef")["name"].(string)), "spec")
		wantEqual(t, source["url"], any("oci://ghcr.io/wasession/charts/"+chart.Name))
		wantEqual(t, source["ref"], any(map[string]any{"semver": chart.Version[:strings.LastIndex(chart.Version, ".")] + ".x"}))
		spec := nested(t, release, "spec")
		wantInstalls(t, spec["releaseName"], spec["targetNamespace"], spec["values"])
	})

	t.Run("Flux makes a fleet", func(t *testing.T) {
		all := example(t, "flux-kustomization.yaml")
		spec := nested(t, all.one(t, "Kustomization", "whatsapp-sessions"), "spec")
		source := all.one(t, "GitRepository", spec["sourceRef"].(map[string]any)["name"].(string))
		wantRevision(t, nested(t, source, "spec", "ref")["tag"])
		wantFleet(t, render(t, "kustomize", spec["path"].(string)), salesFleet)
	})
}

// example reads a file of config/gitops, which the API server must accept, and no
// object of it with a field that does not exist.
func example(t *testing.T, file string) objects {
	t.Helper()
	all, err := decode(read(t, "config", "gitops", file))
	if err != nil {
		t.Fatal(err)
	}
	wantApplicable(t, all)
	for _, object := range all {
		misspelt := object.DeepCopy()
		nested(t, misspelt, "spec")["misspelt"] = "x"
		if err := dryRun(t, misspelt); err == nil || !strings.Contains(err.Error(), "misspelt") {
			t.Errorf("%s: a field that does not exist was answered with %v", object.GetKind(), err)
		}
	}
	return all
}

// wantInstalls checks that the chart, rendered as a tool would do it, is the operator.
func wantInstalls(t *testing.T, release, target, values any) {
	t.Helper()
	text, err := yaml.Marshal(values)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "values.yaml")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	all := render(t, "helm", "charts/wasession", "-crds", "-release", release.(string), "-namespace", target.(string), "-values", file)
	wantApplicable(t, all)
	all.one(t, "CustomResourceDefinition", "whatsappsessions.wasession.dev")
	if got := all.one(t, "Deployment", "wasession").GetNamespace(); got != target {
		t.Errorf("the operator is in %s, not in %s", got, target)
	}
}

// wantRevision checks that a revision is this version's tag.
func wantRevision(t *testing.T, got any) {
	t.Helper()
	wantEqual(t, got, any("v"+chartMetadata(t).Version))
}

// metadata is the part of Chart.yaml that the examples repeat.
type metadata struct{ Name, Version string }

func chartMetadata(t *testing.T) metadata {
	t.Helper()
	var chart metadata
	if err := yaml.Unmarshal(read(t, "charts", "wasession", "Chart.yaml"), &chart); err != nil {
		t.Fatal(err)
	}
	return chart
}

// nested returns a map within an object.
func nested(t *testing.T, object *unstructured.Unstructured, fields ...string) map[string]any {
	t.Helper()
	value := object.Object
	for _, field := range fields {
		inner, ok := value[field].(map[string]any)
		if !ok {
			t.Fatalf("%s %s has no map %s", object.GetKind(), object.GetName(), strings.Join(fields, "."))
		}
		value = inner
	}
	return value
}
