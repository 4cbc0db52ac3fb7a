package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/CycloneDX/cyclonedx-go"

	"github.com/wasession/wasession/hack/image/bill"
)

// systems are those that the plugin is built for.
var systems = []string{"darwin/amd64", "darwin/arm64", "linux/amd64", "linux/arm64", "windows/amd64"}

// download is the plugin for one system, as it is downloaded.
type download struct{ system, machine, file, binary, checksum string }

// plugin writes kubectl's plugin for each system, with its bill of materials, and the
// manifest for krew.
func (r *release) plugin(ctx context.Context) error {
	work, err := os.MkdirTemp("", "wasession-plugin-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	beside, err := r.beside()
	if err != nil {
		return err
	}
	var archives []download
	for _, name := range systems {
		a := newDownload(r.version, name)
		if a.checksum, err = r.pluginFor(ctx, a, filepath.Join(work, a.system+a.machine), beside); err != nil {
			return fmt.Errorf("for %s: %w", name, err)
		}
		archives = append(archives, a)
	}
	manifest, err := r.krew(archives)
	if err != nil {
		return err
	}
	return os.WriteFile(r.file("krew-wasession.yaml"), manifest, 0o644)
}

// beside are the files that are in an archive beside the program.
func (r *release) beside() ([]entry, error) {
	license, err := os.ReadFile(r.at("LICENSE"))
	if err != nil {
		return nil, err
	}
	// kubectl calls it when Tab is pressed.
	completion, err := os.ReadFile(r.at("cmd", "kubectl-wasession", "kubectl_complete-wasession"))
	if err != nil {
		return nil, err
	}
	return []entry{{"LICENSE", license, 0o644}, {"kubectl_complete-wasession", completion, 0o755}}, nil
}

func newDownload(version, name string) download {
	system, machine, _ := strings.Cut(name, "/")
	a := download{system: system, machine: machine, binary: "kubectl-wasession"}
	base := fmt.Sprintf("kubectl-wasession-%s-%s-%s", version, system, machine)
	a.file = base + ".tar.gz"
	if system == "windows" {
		a.file, a.binary = base+".zip", a.binary+".exe"
	}
	return a
}

// pluginFor writes the plugin for one system and returns the archive's checksum.
func (r *release) pluginFor(ctx context.Context, a download, work string, beside []entry) (string, error) {
	fmt.Fprintf(os.Stderr, "release: building kubectl-wasession for %s/%s\n", a.system, a.machine)
	built := filepath.Join(work, a.binary)
	command := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false",
		"-ldflags", "-s -w -X main.version="+r.version, "-o", built, "./cmd/kubectl-wasession")
	command.Dir = r.checkout
	command.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+a.system, "GOARCH="+a.machine)
	command.Stderr = os.Stderr
	if err := command.Run(); err != nil {
		return "", err
	}
	binary, err := os.ReadFile(built)
	if err != nil {
		return "", err
	}
	pack := tarGzip
	if a.system == "windows" {
		pack = zipped
	}
	packed, err := pack(append([]entry{{a.binary, binary, 0o755}}, beside...), r.created)
	if err != nil {
		return "", err
	}
	sum := fmt.Sprintf("%x", sha256.Sum256(packed))
	if err := os.WriteFile(r.file(a.file), packed, 0o644); err != nil {
		return "", err
	}
	list, err := bill.Of(bill.Subject{
		Component: cyclonedx.Component{BOMRef: a.file, Type: cyclonedx.ComponentTypeFile, Name: a.file, Version: r.version},
		Created:   r.created, Digest: sum,
	}, []bill.Program{{Name: "kubectl-wasession", Version: r.version, Path: built}})
	if err != nil {
		return "", err
	}
	name := strings.TrimSuffix(strings.TrimSuffix(a.file, ".tar.gz"), ".zip")
	return sum, os.WriteFile(r.file(name+".cdx.json"), list, 0o644)
}
