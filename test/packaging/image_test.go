package packaging

import (
	"debug/elf"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
)

// The image's build makes static commands with their version inside, under the names
// that manifests use.
func TestImageBuild(t *testing.T) {
	script, err := filepath.Abs(filepath.Join(root, "hack", "image", "build.sh"))
	if err != nil {
		t.Fatal(err)
	}
	checkout := t.TempDir()
	for path, text := range map[string]string{
		"go.mod":                   "module example.com/x\n\ngo 1.26\n",
		"cmd/controlplane/main.go": program,
		"cmd/init/main.go":         program,
		"cmd/runtime/main.go":      program,
	} {
		file := filepath.Join(checkout, path)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	command := exec.Command(script, "out", "v9.9.9")
	command.Dir = checkout
	if _, err := output(command); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(filepath.Join(checkout, "out"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
		path := filepath.Join(checkout, "out", entry.Name())
		if said, err := output(exec.Command(path)); err != nil || string(said) != "v9.9.9" {
			t.Errorf("%s says %q, %v", entry.Name(), said, err)
		}
		binary, err := elf.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		libraries, _ := binary.ImportedLibraries()
		if len(libraries) > 0 || binary.Section(".interp") != nil {
			t.Errorf("%s needs %v", entry.Name(), libraries)
		}
		_ = binary.Close()
	}
	wantEqual(t, names, []string{"wasession-controlplane", "wasession-gateway", "wasession-init", "wasession-operator", "wasession-runtime"})
}

const program = `package main

import "os"

var version = "none"

func main() { _, _ = os.Stdout.WriteString(version) }
`

func TestImageBuildOutsideOfCheckout(t *testing.T) {
	script, err := filepath.Abs(filepath.Join(root, "hack", "image", "build.sh"))
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command(script, "out")
	command.Dir = t.TempDir()
	if _, err := output(command); err == nil || !strings.Contains(err.Error(), "root of the checkout") {
		t.Errorf("answered with %v", err)
	}
}

// The image is as small and unprivileged as its manifests require: from
// scratch, built by a pinned compiler, with the user of the operator's pod.
func TestDockerfile(t *testing.T) {
	text := string(read(t, "Dockerfile"))
	from := regexp.MustCompile(`(?m)^FROM .*$`).FindAllString(text, -1)
	if len(from) != 3 || from[2] != "FROM scratch" || !strings.HasSuffix(from[1], " AS with-ffmpeg") || !regexp.MustCompile(` golang:\d+\.\d+\.\d+-`).MatchString(from[0]) {
		t.Errorf("stages are %q", from)
	}
	pod := into[appsv1.Deployment](t, render(t, "kustomize", "config/default").one(t, "Deployment", "wasession-operator")).Spec.Template.Spec
	if *pod.SecurityContext.RunAsUser != 65532 || !strings.Contains(text, "\nUSER 65532:65532\n") {
		t.Errorf("the pod runs as %d, the image otherwise", *pod.SecurityContext.RunAsUser)
	}
	// The image with ffmpeg has all that the other one has, and runs in the same way.
	_, stages, _ := strings.Cut(text, " AS with-ffmpeg\n")
	with, without, _ := strings.Cut(stages, "FROM scratch\n")
	for _, line := range regexp.MustCompile(`(?m)^(COPY|ENV|USER|ENTRYPOINT) .*$`).FindAllString(without, -1) {
		if !strings.Contains(with, line+"\n") {
			t.Errorf("the image with ffmpeg lacks %q", line)
		}
	}
	// .dockerignore lets through everything that is copied.
	let := map[string]bool{}
	for _, line := range strings.Split(string(read(t, ".dockerignore")), "\n") {
		if rest, ok := strings.CutPrefix(line, "!"); ok {
			let[strings.TrimSuffix(rest, "/")] = true
		}
	}
	for _, line := range regexp.MustCompile(`(?m)^COPY ([^-].*)$`).FindAllStringSubmatch(text, -1) {
		sources := strings.Fields(line[1])
		for _, source := range sources[:len(sources)-1] {
			if !let[strings.TrimSuffix(source, "/")] {
				t.Errorf("%s is copied but ignored: .dockerignore lets through %v", source, slices.Sorted(maps.Keys(let)))
			}
		}
	}
}

// The image's build contains everything that the commands are built from.
func TestDockerfileCopiesAllThatIsBuilt(t *testing.T) {
	const module = "github.com/wasession/wasession/"
	commands, err := filepath.Glob(filepath.Join(root, "cmd", "*"))
	if err != nil {
		t.Fatal(err)
	}
	arguments := []string{"list", "-deps", "-f", "{{.ImportPath}}"}
	for _, folder := range commands {
		if name := filepath.Base(folder); name != "kubectl-wasession" {
			arguments = append(arguments, "./cmd/"+name)
		}
	}
	command := exec.Command("go", arguments...)
	command.Dir = root
	listed, err := output(command)
	if err != nil {
		t.Fatal(err)
	}
	text := string(read(t, "Dockerfile"))
	found := 0
	for _, path := range strings.Fields(string(listed)) {
		folder, ours := strings.CutPrefix(path, module)
		if !ours {
			continue
		}
		found++
		folder, _, _ = strings.Cut(folder, "/")
		if !strings.Contains(text, "\nCOPY "+folder+"/ "+folder+"/\n") {
			t.Errorf("%s is built but %s/ is not copied", path, folder)
		}
	}
	if found == 0 {
		t.Error("found none of our packages")
	}
}
