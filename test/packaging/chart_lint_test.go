package packaging

import (
	"os/exec"
	"path/filepath"
	"testing"
)

// Helm's own linter says nothing, not even a warning.
func TestHelmLint(t *testing.T) {
	for _, set := range []string{"replicas=2", "gateway.enabled=true,networkPolicy.enabled=true,metrics.dashboard.enabled=true,shards={a}"} {
		lint := exec.Command(tool(t, "helm"), "lint", "--strict", "--set", set, filepath.Join(root, "charts", "wasession"))
		if said, err := lint.CombinedOutput(); err != nil {
			t.Errorf("with %s: %v\n%s", set, err, said)
		}
	}
}
