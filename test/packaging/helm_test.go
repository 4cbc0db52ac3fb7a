package packaging

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// helm runs the command helm against the API server, with configuration of its own.
type helm struct {
	path        string
	environment []string
}

func newHelm(t *testing.T) *helm {
	t.Helper()
	home := t.TempDir()
	kubeconfig := filepath.Join(home, "kubeconfig")
	if err := os.WriteFile(kubeconfig, environment.KubeConfig, 0o600); err != nil {
		t.Fatal(err)
	}
	return &helm{path: tool(t, "helm"), environment: append(os.Environ(), "KUBECONFIG="+kubeconfig,
		"HELM_CACHE_HOME="+home, "HELM_CONFIG_HOME="+home, "HELM_DATA_HOME="+home, "HELM_NAMESPACE=wasession-system")}
}

// run runs helm in the checkout's root, requires it to succeed, and returns what it
// prints.
func (h *helm) run(t *testing.T, args ...string) []byte {
	t.Helper()
	printed, err := output(h.command(args...))
	if err != nil {
		t.Fatalf("helm %v: %v", args, err)
	}
	return printed
}

func (h *helm) command(args ...string) *exec.Cmd {
	command := exec.Command(h.path, args...)
	command.Dir, command.Env = root, h.environment
	return command
}

// manifest returns the objects of the release, without those of hooks.
func (h *helm) manifest(t *testing.T, release string) objects {
	t.Helper()
	all, err := decode(h.run(t, "get", "manifest", release))
	if err != nil {
		t.Fatal(err)
	}
	return all
}
