package docs

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// workflow is what these tests look at of a workflow.
type workflow struct {
	Permissions map[string]string
	Jobs        map[string]struct {
		Timeout  int `json:"timeout-minutes"`
		Strategy struct {
			Matrix struct{ Target []string }
		}
		Steps []struct {
			Uses, Run string
			With      map[string]any
		}
	}
}

func workflows(t *testing.T) map[string]workflow {
	t.Helper()
	files, err := filepath.Glob("../.github/workflows/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("workflows are %v (%v)", files, err)
	}
	read := map[string]workflow{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var w workflow
		if err := yaml.Unmarshal(text, &w); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		read[filepath.Base(file)] = w
	}
	return read
}

var called = regexp.MustCompile(`\bmake (?:--\S+ )*([a-z0-9-]+)`)

func TestWorkflowsCallTargetsThatExist(t *testing.T) {
	files, err := filepath.Glob("../hack/make/*.mk")
	if err != nil {
		t.Fatal(err)
	}
	targets := map[string]bool{}
	for _, file := range append(files, "../Makefile") {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range regexp.MustCompile(`(?m)^([a-z0-9-]+):`).FindAllStringSubmatch(string(text), -1) {
			targets[found[1]] = true
		}
	}
	for name, w := range workflows(t) {
		count := 0
		for _, job := range w.Jobs {
			var calls []string
			for _, step := range job.Steps {
				for _, found := range called.FindAllStringSubmatch(step.Run, -1) {
					calls = append(calls, found[1])
				}
			}
			for _, target := range job.Strategy.Matrix.Target {
				calls = append(calls, strings.Fields(target)[0])
			}
			for _, target := range calls {
				count++
				if !targets[target] {
					t.Errorf("%s calls make %s, which is no target", name, target)
				}
			}
		}
		if count == 0 {
			t.Errorf("%s calls no target", name)
		}
	}
}

// What is not ours is pinned, may write nothing by default, and ends.
func TestWorkflowsAreBounded(t *testing.T) {
	dockerfile, err := os.ReadFile("../Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	compiler := regexp.MustCompile(`golang:(\d+\.\d+\.\d+)`).FindStringSubmatch(string(dockerfile))[1]
	pinned := regexp.MustCompile(`^[\w-]+/[\w/-]+@[0-9a-f]{40}$`)
	for name, w := range workflows(t) {
		if w.Permissions == nil || slices.Contains(slices.Collect(maps.Values(w.Permissions)), "write") {
			t.Errorf("%s has the permissions %v: give a job what it needs", name, w.Permissions)
		}
		for id, job := range w.Jobs {
			if job.Timeout == 0 {
				t.Errorf("%s: %s has no timeout-minutes", name, id)
			}
			for _, step := range job.Steps {
				if step.Uses != "" && !pinned.MatchString(step.Uses) {
					t.Errorf("%s: %s is not pinned to a commit", name, step.Uses)
				}
				if version, ok := step.With["go-version"]; ok && version != compiler {
					t.Errorf("%s has Go %v, the Dockerfile %s", name, version, compiler)
				}
			}
		}
	}
}

func TestDependabotKnowsEveryModule(t *testing.T) {
	text, err := os.ReadFile("../.github/dependabot.yml")
	if err != nil {
		t.Fatal(err)
	}
	var config struct {
		Updates []struct {
			Ecosystem   string `json:"package-ecosystem"`
			Directory   string
			Directories []string
		}
	}
	if err := yaml.Unmarshal(text, &config); err != nil {
		t.Fatal(err)
	}
	known := map[string][]string{}
	for _, update := range config.Updates {
		known[update.Ecosystem] = append(append(known[update.Ecosystem], update.Directories...), update.Directory)
	}
	for ecosystem, file := range map[string]string{"gomod": "go.mod", "npm": "package.json"} {
		list := exec.CommandContext(t.Context(), "git", "ls-files", "--cached", "--others", "--exclude-standard", file, "*/"+file)
		list.Dir = ".."
		found, err := list.Output()
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range strings.Fields(string(found)) {
			if folder := filepath.Join("/", filepath.Dir(path)); !slices.Contains(known[ecosystem], folder) {
				t.Errorf("dependabot.yml lacks %s for %s", folder, ecosystem)
			}
		}
	}
}
