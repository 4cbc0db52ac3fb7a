package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The installations of a release name its image, and those of one namespace have nothing that
// belongs to the whole cluster.
func TestTheInstallations(t *testing.T) {
	root := filepath.Join("..", "..")
	tool, err := exec.Command(filepath.Join(root, "hack", "tools", "tools.sh"), "render").Output()
	if err != nil {
		t.Fatal(err)
	}
	r := &release{
		version: "v1.2.3", repository: "registry.example.com/wasession", render: strings.TrimSpace(string(tool)), checkout: root, out: t.TempDir(),
	}
	if err := r.manifests(t.Context()); err != nil {
		t.Fatal(err)
	}
	ofTheCluster := regexp.MustCompile(`(?m)^kind: (Namespace|CustomResourceDefinition|Cluster.*)$`)
	for name, want := range map[string]struct{ image, cluster bool }{
		"install.yaml": {true, true}, "install-gateway.yaml": {true, true}, "crd.yaml": {false, true},
		"install-namespaced.yaml": {true, false}, "install-namespaced-gateway.yaml": {true, false},
	} {
		text, err := os.ReadFile(r.file(name))
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(string(text), "image: registry.example.com/wasession:v1.2.3\n"); got != want.image {
			t.Errorf("%s runs the image of the release: %v", name, got)
		}
		if got := ofTheCluster.Match(text); got != want.cluster {
			t.Errorf("%s has objects of the whole cluster: %v", name, got)
		}
	}
}
