package packaging

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Helm's own linter says nothing, not even a warning.
func TestHelmLint(t *testing.T) {
	helm, err := output(exec.Command(filepath.Join(root, "hack", "tools", "tools.sh"), "helm"))
	if err != nil {
		t.Fatal(err)
	}
	for _, set := range []string{"replicas=2", "gateway.enabled=true,networkPolicy.enabled=true,metrics.dashboard.enabled=true,shards={a}"} {
		lint := exec.Command(strings.TrimSpace(string(helm)), "lint", "--strict", "--set", set, filepath.Join(root, "charts", "wasession"))
		if said, err := lint.CombinedOutput(); err != nil {
			t.Errorf("with %s: %v\n%s", set, err, said)
		}
	}
}
