package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/validate"
	"sigs.k8s.io/yaml"
)

const log = `# Changelog

## [Unreleased]

- not yet

## [1.2.3] - 2026-11-28

### Added

- One thing, which is
  told in two lines.

### Fixed

- Another.

## [1.2.2] - 2026-11-01

- old

[1.2.3]: https://example.com
`

func TestNotesAreTheSectionOfTheVersion(t *testing.T) {
	section, err := sectionOf(log, "1.2.3")
	if err != nil {
		t.Fatal(err)
	}
	if want := "### Added\n\n- One thing, which is\n  told in two lines.\n\n### Fixed\n\n- Another.\n"; section != want {
		t.Errorf("got %q, want %q", section, want)
	}
	changes := changesOf(section)
	if len(changes) != 2 || changes[0] != (change{"added", "One thing, which is told in two lines."}) || changes[1] != (change{"fixed", "Another."}) {
		t.Errorf("changes are %q", changes)
	}
}

func TestAVersionWithoutNotesIsRefused(t *testing.T) {
	for _, number := range []string{"1.2.4", "1.2", "2.3"} {
		if _, err := sectionOf(log, number); err == nil || !strings.Contains(err.Error(), "## ["+number+"] - DATE") {
			t.Errorf("%s: %v", number, err)
		}
	}
}

func TestVersions(t *testing.T) {
	for version, good := range map[string]bool{
		"v0.1.0": true, "v1.2.3-rc.1": true, "v10.0.0-alpha": true,
		"": false, "0.1.0": false, "v1.2": false, "v01.2.3": false, "v1.2.3+build": false, "v1.2.3-": false, "v1.2.3 ": false, "latest": false,
	} {
		_, err := parse([]string{"--version", version, "--image", "x", "--render", "x", "--out", t.TempDir()})
		if (err == nil) != good {
			t.Errorf("%q: %v", version, err)
		}
	}
}

func TestAFolderWithFilesIsRefused(t *testing.T) {
	out := t.TempDir()
	if err := os.WriteFile(filepath.Join(out, "old"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := parse([]string{"--version", "v1.2.3", "--image", "x", "--render", "x", "--out", out}); err == nil || !strings.Contains(err.Error(), "not empty") {
		t.Errorf("answered with %v", err)
	}
}

// checkout is the project with a changelog that knows version 1.2.3.
func checkout(t *testing.T) *release {
	t.Helper()
	folder := t.TempDir()
	for _, part := range []string{"charts/wasession", "config/samples"} {
		if err := os.CopyFS(filepath.Join(folder, part), os.DirFS(filepath.Join("..", "..", part))); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(folder, "CHANGELOG.md"), []byte(log), 0o600); err != nil {
		t.Fatal(err)
	}
	return &release{
		version: "v1.2.3", revision: "0123abc", created: time.Unix(1_700_000_000, 0).UTC(),
		repository: "registry.example.com/wasession", checkout: folder, out: t.TempDir(),
	}
}

// unpacked is what is in a compressed tar.
func unpacked(t *testing.T, packed []byte) map[string]string {
	t.Helper()
	plain, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for reader := tar.NewReader(plain); ; {
		header, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(reader)
		if err != nil {
			t.Fatal(err)
		}
		files[header.Name] = string(content)
	}
}

// The chart of a release has its version, and is what Artifact Hub understands.
func TestTheChart(t *testing.T) {
	r := checkout(t)
	if err := os.WriteFile(r.at("charts", "wasession", "old.tgz"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := r.chart(t.Context()); err != nil {
		t.Fatal(err)
	}
	packed, err := os.ReadFile(r.file("wasession-1.2.3.tgz"))
	if err != nil {
		t.Fatal(err)
	}
	files := unpacked(t, packed)
	if _, there := files["wasession/old.tgz"]; there || files["wasession/values.yaml"] == "" || files["wasession/crds/whatsappsessions.yaml"] == "" {
		t.Errorf("it has what .helmignore names, or lacks something")
	}
	var chart struct {
		Version, AppVersion string
		Annotations         map[string]string
	}
	if err := yaml.Unmarshal([]byte(files["wasession/Chart.yaml"]), &chart); err != nil {
		t.Fatal(err)
	}
	if chart.Version != "1.2.3" || chart.AppVersion != "1.2.3" {
		t.Errorf("versions are %s and %s", chart.Version, chart.AppVersion)
	}
	for name, want := range map[string]string{
		"changes": "One thing, which is told in two lines.", "images": "registry.example.com/wasession:v1.2.3",
		"crdsExamples": "kind: WhatsAppSession", "crds": "whatsappsessions.wasession.dev", "license": "Apache-2.0", "prerelease": "false",
	} {
		if got := chart.Annotations["artifacthub.io/"+name]; !strings.Contains(got, want) {
			t.Errorf("%s is %q, want %q in it", name, got, want)
		}
	}
}

func TestTheChartForRegistries(t *testing.T) {
	r := checkout(t)
	if err := r.chart(t.Context()); err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	packed, err := os.Open(r.file("wasession-chart-1.2.3-oci.tar"))
	if err != nil {
		t.Fatal(err)
	}
	defer packed.Close()
	for reader := tar.NewReader(packed); ; {
		header, err := reader.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(folder, header.Name)
		if header.Typeflag == tar.TypeDir {
			err = os.MkdirAll(path, 0o700)
		} else {
			content, _ := io.ReadAll(reader)
			err = os.WriteFile(path, content, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	index, err := layout.ImageIndexFromPath(folder)
	if err != nil {
		t.Fatal(err)
	}
	if err := validate.Index(index, validate.Fast); err != nil {
		t.Error(err)
	}
	manifests, err := index.IndexManifest()
	if err != nil || len(manifests.Manifests) != 1 {
		t.Fatalf("manifests are %v (%v)", manifests, err)
	}
	image, err := index.Image(manifests.Manifests[0].Digest)
	if err != nil {
		t.Fatal(err)
	}
	manifest, err := image.Manifest()
	if err != nil || manifest.Config.MediaType != chartConfigType || len(manifest.Layers) != 1 || manifest.Layers[0].MediaType != chartLayerType {
		t.Errorf("the manifest is %+v (%v)", manifest, err)
	}
}

func TestManifestsNameTheImageOfTheRelease(t *testing.T) {
	r := &release{version: "v1.2.3", repository: "registry.example.com/wasession"}
	got, err := r.withImage([]byte("image: ghcr.io/wasession/wasession:v0.1.0\n- --runtime-image=ghcr.io/wasession/wasession:v0.1.0\n"))
	if want := "image: registry.example.com/wasession:v1.2.3\n- --runtime-image=registry.example.com/wasession:v1.2.3\n"; err != nil || string(got) != want {
		t.Errorf("got %q (%v)", got, err)
	}
	if _, err := r.withImage([]byte("image: other\n")); err == nil {
		t.Error("manifests without our image are accepted")
	}
}

func TestTheManifestOfKrew(t *testing.T) {
	r := &release{version: "v1.2.3"}
	var archives []download
	for _, system := range systems {
		a := newDownload(r.version, system)
		a.checksum = strings.Repeat("0", 64)
		archives = append(archives, a)
	}
	text, err := r.krew(archives)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"uri: https://github.com/wasession/wasession/releases/download/v1.2.3/kubectl-wasession-v1.2.3-windows-amd64.zip",
		"uri: https://github.com/wasession/wasession/releases/download/v1.2.3/kubectl-wasession-v1.2.3-darwin-arm64.tar.gz",
		"bin: kubectl-wasession.exe", "sha256: \"0000", "version: v1.2.3",
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%q is missing in\n%s", want, text)
		}
	}
}

func TestAnArchiveForWindows(t *testing.T) {
	packed, err := zipped([]entry{{"kubectl-wasession.exe", []byte("program"), 0o755}}, time.Unix(1_700_000_000, 0).UTC())
	if err != nil {
		t.Fatal(err)
	}
	reader, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil || len(reader.File) != 1 || reader.File[0].Name != "kubectl-wasession.exe" {
		t.Errorf("it has %v (%v)", reader, err)
	}
}
