package docs

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/wasession/wasession/"

// layers are the folders of the product, with what each may import of the module, itself
// and the layers below it left out. A layer that is not listed belongs to the
// nearest one above it. This is the table of architecture.md, in Go.
var layers = map[string][]string{
	"api/addresses":         {},
	"api/apidocs":           {"api/chathttp"},
	"api/chathttp":          {},
	"api/mcp":               {"api/chathttp"},
	"api/process":           {},
	"api/runtime/v1":        {},
	"api/v1alpha1":          {"api/addresses"},
	"controllers":           {"api"},
	"cmd/init":              {"api/runtime/v1"},
	"cmd/operator":          {"controllers/command"},
	"cmd/gateway":           {"gateway/command"},
	"cmd/controlplane":      {"controllers/command", "gateway/command"},
	"cmd/kubectl-wasession": {"kubectl/app", "kubectl/cli"},
	"gateway/access":        {"api"},
	"gateway/app":           {"api", "gateway"},
	"gateway/command":       {"gateway/app", "gateway/forward"},
	"gateway/dashboard":     {"api", "gateway/access", "gateway/fleet", "gateway/forward", "gateway/history", "gateway/waha"},
	"gateway/fleet":         {"api"},
	"gateway/forward":       {"api", "gateway/fleet"},
	"gateway/history":       {"api", "gateway/fleet"},
	"gateway/manage":        {"api", "gateway/fleet", "gateway/waha"},
	"gateway/server":        {"api", "gateway/access", "gateway/fleet", "gateway/forward", "gateway/manage", "gateway/socket", "gateway/waha"},
	"gateway/socket":        {"api", "gateway/access", "gateway/fleet", "gateway/waha"},
	"gateway/waha":          {"api"},
	"kubectl/app":           {"kubectl"},
	"kubectl/blocks":        {},
	"kubectl/bundle":        {"kubectl/redact"},
	"kubectl/chat":          {},
	"kubectl/cli":           {},
	"kubectl/cluster":       {"api/v1alpha1"},
	"kubectl/command":       {"api/v1alpha1", "kubectl/blocks", "kubectl/bundle", "kubectl/chat", "kubectl/cli", "kubectl/cluster", "kubectl/doctor", "kubectl/reach", "kubectl/wahaimport"},
	"kubectl/doctor":        {"api/v1alpha1"},
	"kubectl/reach":         {"api", "kubectl/chat", "kubectl/cluster"},
	"kubectl/redact":        {},
	"kubectl/wahaimport":    {"api/v1alpha1", "gateway/waha"},
	"cmd/runtime":           {"api/addresses", "api/runtime/v1", "runtime"},
	"runtime/app":           {"api/addresses", "api/runtime/v1", "runtime"},
	"runtime/accounts":      {},
	"runtime/archive":       {"api/runtime/v1", "runtime/chat"},
	"runtime/chat":          {"api/runtime/v1"},
	"runtime/config":        {"api/runtime/v1"},
	"runtime/convert":       {},
	"runtime/delivery":      {"api/runtime/v1", "runtime/chat", "runtime/egress"},
	"runtime/egress":        {"api/addresses"},
	"runtime/httpapi":       {"api/apidocs", "api/chathttp", "api/mcp", "api/process", "api/runtime/v1", "runtime/archive", "runtime/chat", "runtime/convert", "runtime/egress", "runtime/intake", "runtime/linkpreview", "runtime/media", "runtime/wire"},
	"runtime/intake":        {"runtime/egress"},
	"runtime/linkpreview":   {"runtime/chat", "runtime/egress"},
	"runtime/media":         {"api/runtime/v1", "runtime/chat"},
	"runtime/pacing":        {"api/runtime/v1", "runtime/chat"},
	"runtime/redact":        {},
	"runtime/session":       {"api/runtime/v1", "runtime/chat", "runtime/pacing", "runtime/volume", "runtime/whatsapp"},
	"runtime/sqlite":        {},
	"runtime/statusapi":     {"api/runtime/v1", "runtime/chat"},
	"runtime/store":         {"runtime/chat", "runtime/sqlite", "runtime/volume"},
	"runtime/volume":        {},
	"runtime/whatsapp":      {"api/runtime/v1", "runtime/chat", "runtime/sqlite"},
	"runtime/wire":          {"api/runtime/v1", "runtime/chat"},
}

func TestImportsRunDownwards(t *testing.T) {
	for _, root := range []string{"api", "cmd", "controllers", "gateway", "kubectl", "runtime"} {
		err := filepath.WalkDir(filepath.Join("..", root), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			folder := filepath.ToSlash(filepath.Dir(strings.TrimPrefix(path, "../")))
			layer := layerOf(folder)
			if layer == "" {
				t.Errorf("%s belongs to no layer: add one to layers and to architecture.md", folder)
				return nil
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
			if err != nil {
				return err
			}
			for _, spec := range file.Imports {
				imported, err := strconv.Unquote(spec.Path.Value)
				if err != nil {
					return err
				}
				below, ours := strings.CutPrefix(imported, module)
				if ours && !within(layer, below) && !slices.ContainsFunc(layers[layer], func(allowed string) bool { return within(allowed, below) }) {
					t.Errorf("%s imports %s, which %s may not", path, below, layer)
				}
				if strings.HasPrefix(folder, "runtime") && (strings.HasPrefix(imported, "k8s.io/") || strings.HasPrefix(imported, "sigs.k8s.io/")) {
					t.Errorf("%s imports %s: the runtime knows nothing of Kubernetes", path, imported)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// Templates find methods by name, so that the linker keeps all methods of all types
// where one is used anywhere: a quarter of the runtime's binary.
func TestTheRuntimeHasNoTemplates(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), "go", "list", "-deps", module+"cmd/runtime")
	list, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range strings.Fields(string(list)) {
		if name == "text/template" || name == "html/template" {
			t.Errorf("the runtime depends on %s", name)
		}
	}
}

// within says whether a folder is a layer or below it.
func within(layer, folder string) bool {
	return folder == layer || strings.HasPrefix(folder, layer+"/")
}

func layerOf(folder string) (layer string) {
	for name := range layers {
		if within(name, folder) && len(name) > len(layer) {
			layer = name
		}
	}
	return layer
}
