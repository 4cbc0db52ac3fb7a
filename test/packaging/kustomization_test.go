package packaging

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
)

// A kustomization made as the comment in config/default says has the operator and its
// sessions run an image of one's own.
func TestAKustomizationOfOnesOwnSetsTheImage(t *testing.T) {
	comment := string(read(t, "config", "default", "kustomization.yaml"))
	example := regexp.MustCompile(`(?m)(^#   (resources|images|patches):.*\n(^#    .*\n)*)+`).FindString(comment)
	example = strings.ReplaceAll(regexp.MustCompile(`(?m)^#   `).ReplaceAllString(example, ""), "REGISTRY", "registry.example.com")
	for _, folder := range []string{"default", "namespaced", "sharding"} {
		t.Run(folder, func(t *testing.T) {
			found := 0
			for _, object := range ownKustomization(t, strings.Replace(example, "../default", "../"+folder, 1)) {
				if object.GetKind() != "Deployment" {
					continue
				}
				found++
				container := into[appsv1.Deployment](t, object).Spec.Template.Spec.Containers[0]
				const want = "registry.example.com/wasession:v0.1.0"
				images := slices.DeleteFunc(slices.Clone(container.Args), func(arg string) bool { return !strings.HasPrefix(arg, "--runtime-image=") })
				if container.Image != want || images[len(images)-1] != "--runtime-image="+want { // the last one counts
					t.Errorf("%s runs %s, and sessions %v", object.GetName(), container.Image, images)
				}
			}
			if found == 0 {
				t.Error("no operator was rendered")
			}
		})
	}
}

// ownKustomization renders a kustomization that is beside those of config.
func ownKustomization(t *testing.T, text string) objects {
	t.Helper()
	own := t.TempDir()
	config, err := filepath.Rel(own, absolute(t, filepath.Join(root, "config")))
	if err != nil {
		t.Fatal(err)
	}
	text = strings.ReplaceAll(text, "../", config+"/")
	if err := os.WriteFile(filepath.Join(own, "kustomization.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return render(t, "kustomize", own)
}

func absolute(t *testing.T, path string) string {
	t.Helper()
	full, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return full
}
