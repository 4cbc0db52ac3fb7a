package main

import (
	"archive/tar"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"maps"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/CycloneDX/cyclonedx-go"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/validate"
)

// commands is a folder of two commands, of which one has two names: of this test, which
// is a Go program too.
func commands(t *testing.T) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	binary, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	for _, name := range []string{"wasession-controlplane", "wasession-runtime"} {
		if err := os.WriteFile(filepath.Join(folder, name), binary, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("wasession-controlplane", filepath.Join(folder, "wasession-operator")); err != nil {
		t.Fatal(err)
	}
	return folder
}

func testOptions(t *testing.T) options {
	t.Helper()
	certificates := filepath.Join(t.TempDir(), "certificates")
	if err := os.WriteFile(certificates, []byte("a certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	return options{
		repository: "ghcr.io/wasession/wasession", version: "v1.2.3", revision: "0123abc", created: time.Unix(1_700_000_000, 0).UTC(),
		certificates: certificates, out: t.TempDir(),
	}
}

func assembled(t *testing.T, o options) []platformImage {
	t.Helper()
	folder := commands(t)
	var images []platformImage
	for _, machine := range []string{"amd64", "arm64"} {
		image, err := assemble(t.Context(), o, v1.Platform{OS: "linux", Architecture: machine}, folder)
		if err != nil {
			t.Fatal(err)
		}
		images = append(images, image)
	}
	return images
}

// lastStage is what the Dockerfile says of the image itself.
type lastStage struct {
	labels, environment, copied map[string]string
	user                        string
	entrypoint                  []string
}

func readDockerfile(t *testing.T) lastStage {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "..", "Dockerfile"))
	if err != nil {
		t.Fatal(err)
	}
	text := strings.ReplaceAll(string(raw), "\\\n", " ")
	_, text, found := strings.Cut(text, "\nFROM scratch")
	if !found {
		t.Fatal("the Dockerfile has no stage from scratch")
	}
	said := lastStage{labels: map[string]string{}, environment: map[string]string{}, copied: map[string]string{}}
	pair := regexp.MustCompile(`([\w.]+)=(?:"([^"]*)"|(\S+))`)
	for line := range strings.Lines(text) {
		word, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		into := map[string]map[string]string{"LABEL": said.labels, "ENV": said.environment}[word]
		switch word {
		case "LABEL", "ENV":
			for _, found := range pair.FindAllStringSubmatch(rest, -1) {
				into[found[1]] = found[2] + found[3]
			}
		case "USER":
			said.user = rest
		case "ENTRYPOINT":
			if err := json.Unmarshal([]byte(rest), &said.entrypoint); err != nil {
				t.Fatal(err)
			}
		case "COPY":
			fields := strings.Fields(rest)
			said.copied[fields[len(fields)-1]] = fields[len(fields)-2]
		}
	}
	return said
}

// An image that was built without a container engine is that of the Dockerfile.
func TestTheImageIsThatOfTheDockerfile(t *testing.T) {
	said := readDockerfile(t)
	image := assembled(t, testOptions(t))[0].image
	config, err := image.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	if config.Config.User != said.user || !slices.Equal(config.Config.Entrypoint, said.entrypoint) {
		t.Errorf("user %q and entrypoint %q, the Dockerfile says %q and %q", config.Config.User, config.Config.Entrypoint, said.user, said.entrypoint)
	}
	var environment []string
	for key, value := range said.environment {
		environment = append(environment, key+"="+value)
	}
	if !slices.Equal(config.Config.Env, environment) {
		t.Errorf("environment %q, the Dockerfile says %q", config.Config.Env, environment)
	}
	for key, value := range said.labels {
		if config.Config.Labels[key] != value {
			t.Errorf("label %s is %q, the Dockerfile says %q", key, config.Config.Labels[key], value)
		}
	}
	var files []string
	for path := range content(t, image) {
		files = append(files, "/"+path)
	}
	slices.Sort(files)
	want := []string{"/wasession-controlplane", "/wasession-operator", "/wasession-runtime"}
	for path := range said.copied {
		if path != "/" { // where the commands go
			want = append(want, path)
		}
	}
	slices.Sort(want)
	if !slices.Equal(files, want) {
		t.Errorf("files are %q, the Dockerfile says %q", files, want)
	}
}

// content is the headers of an image's files, by path.
func content(t *testing.T, image v1.Image) map[string]*tar.Header {
	t.Helper()
	files := map[string]*tar.Header{}
	flat := mutate.Extract(image)
	defer flat.Close()
	reader := tar.NewReader(flat)
	for {
		header, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		if header.Typeflag != tar.TypeDir {
			files[header.Name] = header
		}
	}
}

func TestFilesBelongToRootAndAreForEverybody(t *testing.T) {
	o := testOptions(t)
	for path, header := range content(t, assembled(t, o)[0].image) {
		mode := fs.FileMode(0o644)
		if strings.HasPrefix(path, "wasession-") {
			mode = 0o755
		}
		if header.Typeflag == tar.TypeSymlink {
			mode = fs.ModeSymlink | 0o777
		}
		if header.Uid != 0 || header.Gid != 0 || header.FileInfo().Mode() != mode || !header.ModTime.Equal(o.created) {
			t.Errorf("%s belongs to %d:%d with mode %s and time %s", path, header.Uid, header.Gid, header.FileInfo().Mode(), header.ModTime)
		}
	}
}

// A program with two names is in the image once, in one layer with both.
func TestAnotherNameIsALink(t *testing.T) {
	image := assembled(t, testOptions(t))[0].image
	link := content(t, image)["wasession-operator"]
	if link.Typeflag != tar.TypeSymlink || link.Linkname != "wasession-controlplane" {
		t.Errorf("it is a file of type %c that names %q", link.Typeflag, link.Linkname)
	}
	layers, err := image.Layers()
	if err != nil || len(layers) != 3 {
		t.Errorf("%d layers (%v), want one of data and one for each program", len(layers), err)
	}
}

func TestTheSizeIsLimited(t *testing.T) {
	if err := checkSize(30_000_000); err != nil {
		t.Error(err)
	}
	if err := checkSize(30_100_000); err == nil || !strings.Contains(err.Error(), "30.1 MB compressed are more than 30 MB") {
		t.Errorf("0.1 MB too many: %v", err)
	}
}

func TestEqualInputGivesEqualBytes(t *testing.T) {
	o := testOptions(t)
	folder := commands(t)
	written := func() map[string]string {
		o.out = t.TempDir()
		image, err := assemble(t.Context(), o, v1.Platform{OS: "linux", Architecture: "amd64"}, folder)
		if err != nil {
			t.Fatal(err)
		}
		if err := write(o, []platformImage{image}); err != nil {
			t.Fatal(err)
		}
		files := map[string]string{}
		entries, err := os.ReadDir(o.out)
		if err != nil {
			t.Fatal(err)
		}
		for _, entry := range entries {
			raw, err := os.ReadFile(filepath.Join(o.out, entry.Name()))
			if err != nil {
				t.Fatal(err)
			}
			files[entry.Name()] = string(raw)
		}
		return files
	}
	first := written()
	want := []string{"wasession-v1.2.3-linux-amd64.cdx.json", "wasession-v1.2.3-linux-amd64.tar", "wasession-v1.2.3-oci.tar"}
	if names := slices.Sorted(maps.Keys(first)); !slices.Equal(names, want) {
		t.Errorf("written were %q, want %q", names, want)
	}
	if !maps.Equal(first, written()) {
		t.Error("the second time the files differ")
	}
}

func TestTheArchiveForDockerHoldsTheImage(t *testing.T) {
	o := testOptions(t)
	images := assembled(t, o)
	if err := write(o, images); err != nil {
		t.Fatal(err)
	}
	reference, err := name.NewTag("ghcr.io/wasession/wasession:v1.2.3")
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := tarball.ImageFromPath(filepath.Join(o.out, "wasession-v1.2.3-linux-arm64.tar"), &reference)
	if err != nil {
		t.Fatal(err)
	}
	got, _ := loaded.ConfigName()
	if want, _ := images[1].image.ConfigName(); got != want {
		t.Errorf("the archive holds %s, want %s", got, want)
	}
	if err := validate.Image(loaded); err != nil {
		t.Error(err)
	}
}

// The image in a registry has both platforms, and each has its bill of materials.
func TestPush(t *testing.T) {
	server := httptest.NewServer(registry.New(registry.WithReferrersSupport(true)))
	defer server.Close()
	o := testOptions(t)
	o.repository = strings.TrimPrefix(server.URL, "http://") + "/wasession"
	images := assembled(t, o)
	if err := push(t.Context(), o, images); err != nil {
		t.Fatal(err)
	}
	reference, err := name.ParseReference(o.repository + ":v1.2.3")
	if err != nil {
		t.Fatal(err)
	}
	index, err := remote.Index(reference)
	if err != nil {
		t.Fatal(err)
	}
	if err := validate.Index(index); err != nil {
		t.Error(err)
	}
	manifest, err := index.IndexManifest()
	if err != nil {
		t.Fatal(err)
	}
	var platforms []string
	for _, of := range manifest.Manifests {
		platforms = append(platforms, of.Platform.String())
		referrers, err := remote.Referrers(reference.Context().Digest(of.Digest.String()))
		if err != nil {
			t.Fatal(err)
		}
		bills, err := referrers.IndexManifest()
		if err != nil || len(bills.Manifests) != 1 || bills.Manifests[0].ArtifactType != string(billType) {
			t.Fatalf("%s is referred to by %+v (%v)", of.Platform, bills, err)
		}
	}
	if !slices.Equal(platforms, []string{"linux/amd64", "linux/arm64"}) {
		t.Errorf("platforms are %v", platforms)
	}
}

func TestTheBillNamesCommandsAndModules(t *testing.T) {
	bill := assembled(t, testOptions(t))[0].bill
	var read cyclonedx.BOM
	if err := cyclonedx.NewBOMDecoder(strings.NewReader(string(bill)), cyclonedx.BOMFileFormatJSON).Decode(&read); err != nil {
		t.Fatal(err)
	}
	names := map[string]string{}
	for _, component := range *read.Components {
		names[component.Name] = component.Version
	}
	if names["wasession-controlplane"] != "v1.2.3" || names["std"] == "" || names["github.com/google/go-containerregistry"] == "" {
		t.Errorf("it names %v", names)
	}
}

func TestRefusals(t *testing.T) {
	good := []string{"--certificates", testOptions(t).certificates}
	for want, args := range map[string][]string{
		"no image tag":         {"--version", "v1 2"},
		"linux/ARCHITECTURE":   {"--platforms", "linux/amd64,windows/amd64"},
		"ca-certificates":      {"--certificates", "/nowhere"},
		"unexpected argument ": {"v1.2.3"},
	} {
		if _, err := parse(append(good, args...)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", args, err, want)
		}
	}
	if _, err := parse(good); err != nil {
		t.Error(err)
	}
}
