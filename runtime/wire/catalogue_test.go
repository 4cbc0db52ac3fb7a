package wire

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"sigs.k8s.io/yaml"

	"github.com/wasession/wasession/runtime/chat"
)

// What a manifest can ask for is what is sent: no event is offered that never
// comes, and none comes that nobody can ask for.
func TestTheManifestOffersTheCatalogueOfEvents(t *testing.T) {
	manifest, err := os.ReadFile(filepath.Join("..", "..", "config", "crd", "bases", "wasession.dev_whatsappsessions.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var crd apiextensions.CustomResourceDefinition
	if err := yaml.UnmarshalStrict(manifest, &crd); err != nil {
		t.Fatal(err)
	}
	for _, v := range crd.Spec.Versions {
		events := v.Schema.OpenAPIV3Schema.Properties["spec"].Properties["webhooks"].Items.Schema.Properties["events"]
		var offered []string
		for _, raw := range events.Items.Schema.Enum {
			var name string
			if err := yaml.Unmarshal(raw.Raw, &name); err != nil {
				t.Fatal(err)
			}
			if name != "*" {
				offered = append(offered, name)
			}
		}
		for _, name := range chat.Events() {
			if !slices.Contains(offered, name) {
				t.Errorf("%s: spec.webhooks[].events does not offer %s: add it to the enum in api/v1alpha1/webhook_types.go", v.Name, name)
			}
		}
		for _, name := range offered {
			if !slices.Contains(chat.Events(), name) {
				t.Errorf("%s: spec.webhooks[].events offers %s, which is never sent", v.Name, name)
			}
		}
	}
}

// Every shape that is sent has a golden file: its name is in a test here.
func TestEveryShapeHasAGoldenFile(t *testing.T) {
	parse := func(pattern string) (files []*ast.File, text string) {
		names, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			source, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasSuffix(name, "_test.go") {
				text += string(source)
			} else {
				files = append(files, f)
			}
		}
		return files, text
	}
	files, tests := parse("*.go")
	encoder, err := os.ReadFile("encoder.go") // TestEvents shows all that it makes
	if err != nil {
		t.Fatal(err)
	}
	tests += string(encoder)
	goldens, err := filepath.Glob("testdata/*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range goldens {
		if !strings.Contains(tests, `"`+strings.TrimSuffix(filepath.Base(name), ".json")+`"`) {
			t.Errorf("%s is compared with nothing", name)
		}
	}
	for _, f := range files {
		ast.Inspect(f, func(n ast.Node) bool {
			spec, ok := n.(*ast.TypeSpec)
			if !ok || !spec.Name.IsExported() {
				return true
			}
			if _, isStruct := spec.Type.(*ast.StructType); isStruct && !regexp.MustCompile(`\b(New)?`+spec.Name.Name+`\b`).MatchString(tests) && !partOf(files, spec.Name.Name) {
				t.Errorf("wire.%s is in no golden file: add one to a test here, and run go test ./runtime/wire -update", spec.Name.Name)
			}
			return true
		})
	}
}

// partOf says whether a type is a field of another one, and so shown with it.
func partOf(files []*ast.File, name string) (found bool) {
	for _, f := range files {
		ast.Inspect(f, func(n ast.Node) bool {
			if field, ok := n.(*ast.Field); ok {
				ast.Inspect(field.Type, func(n ast.Node) bool {
					if id, ok := n.(*ast.Ident); ok && id.Name == name {
						found = true
					}
					return true
				})
			}
			return true
		})
	}
	return found
}

// An event that nothing makes is a promise nobody keeps.
func TestEveryEventOfTheCatalogueIsMade(t *testing.T) {
	makers := []string{"../store/*.go", "../whatsapp/*.go", "../session/*.go", "../chat/told.go"}
	var sources strings.Builder
	for _, pattern := range makers {
		names, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			source, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			sources.Write(source)
		}
	}
	file, err := parser.ParseFile(token.NewFileSet(), "../chat/event.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok && !regexp.MustCompile(`\b`+spec.Names[0].Name+`\b`).MatchString(sources.String()) {
			t.Errorf("%s is made nowhere in runtime/store, runtime/whatsapp or runtime/session", spec.Names[0].Name)
		}
		return true
	})
}
