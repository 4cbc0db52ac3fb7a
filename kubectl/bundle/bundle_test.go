package bundle

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"path"
	"strings"
	"testing"
	"time"

	"sigs.k8s.io/yaml"
)

// unpack returns the files of an archive.
func unpack(t *testing.T, archive io.Reader) map[string]string {
	t.Helper()
	plain, err := gzip.NewReader(archive)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for r := tar.NewReader(plain); ; {
		header, err := r.Next()
		if errors.Is(err, io.EOF) {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		files[strings.TrimPrefix(header.Name, "wasession-support/")] = string(text)
	}
}

// What does not fit is left out as a whole, and the manifest says so; so it does of what
// could not be read, without what is private in the reason.
func TestTheManifestSaysWhatIsLeftOut(t *testing.T) {
	b := New()
	b.most = 2000
	b.KnowSecret([]byte("hush-hush-hush"))
	b.Object("small.yaml", map[string]any{"kind": "Pod"})
	b.Metrics("large.txt", strings.Repeat("wasession_messages_total 1\n", 100))
	b.Metrics("last.txt", "wasession_messages_total 1\n")
	b.LeaveOut("logs of sales", "the server said hush-hush-hush to +15550001111")
	var archive bytes.Buffer
	manifest, err := b.Write(&archive, "v1.2.3", time.Unix(1_700_000_000, 0))
	if err != nil {
		t.Fatal(err)
	}
	files := unpack(t, &archive)
	if len(files) != 3 || files["small.yaml"] == "" || files["last.txt"] == "" {
		t.Errorf("the files are %q", files)
	}
	if len(manifest.Files) != 2 || len(manifest.LeftOut) != 2 || manifest.Plugin != "v1.2.3" {
		t.Errorf("the manifest is %+v", manifest)
	}
	for name, text := range files {
		if strings.Contains(text, "hush") || strings.Contains(text, "5550001111") {
			t.Errorf("%s says what is private:\n%s", name, text)
		}
	}
	var read Manifest
	for name, text := range files {
		if strings.HasPrefix(name, "manifest") {
			if err := yaml.Unmarshal([]byte(text), &read); err != nil {
				t.Fatal(err)
			}
		}
	}
	if len(read.LeftOut) != 2 || read.Created.Unix() != 1_700_000_000 {
		t.Errorf("the manifest in the archive is %+v", read)
	}
}

// A session may be named after its number, and its files are in a folder of that name.
func TestNamesOfFilesHaveNoNumbers(t *testing.T) {
	b := New()
	for _, file := range []string{"sessions/sales-15550001111/pod.yaml", "sessions/sales-15550001111/claim.yaml", "sessions/support/pod.yaml"} {
		b.Object(file, map[string]any{"kind": "Pod"})
	}
	var archive bytes.Buffer
	manifest, err := b.Write(&archive, "v1.2.3", time.Unix(1_700_000_000, 0))
	if err != nil {
		t.Fatal(err)
	}
	files, folders := unpack(t, &archive), map[string]bool{}
	for _, entry := range manifest.Files {
		if files[entry.Path] == "" {
			t.Errorf("%s is not in the archive", entry.Path)
		}
		folders[path.Dir(entry.Path)] = true
	}
	for name, text := range files {
		if strings.Contains(name+text, "5550001111") || strings.ContainsAny(name, "<>") {
			t.Errorf("%s: %s", name, text)
		}
	}
	if len(folders) != 2 || !folders["sessions/support"] {
		t.Errorf("the folders are %v", folders)
	}
}

// The keys of a list in a Secret are hidden each by itself, wherever they are.
func TestTheKeysOfAListAreHidden(t *testing.T) {
	b := New()
	b.KnowSecret([]byte(`[{"id":"crm","key":"open-sesame","isActive":true},{"id":"bot","key":"let-me-in-please"}]`))
	b.Log("runtime.log", `time=2026-11-28T16:51:13Z level=WARN msg="refused open-sesame" error="let-me-in-please is unknown"`+"\n")
	var archive bytes.Buffer
	if _, err := b.Write(&archive, "v1.2.3", time.Unix(1_700_000_000, 0)); err != nil {
		t.Fatal(err)
	}
	log := unpack(t, &archive)["runtime.log"]
	if !strings.Contains(log, "refused <") || strings.Contains(log, "sesame") || strings.Contains(log, "let-me-in") {
		t.Errorf("the log is %s", log)
	}
}

// A label may have the name of the session, which all documents are about.
func TestNamesOfSessionsAreKept(t *testing.T) {
	b := New()
	b.Keep("support")
	b.Object("sessions/support/session.yaml", map[string]any{"metadata": map[string]any{"name": "support", "labels": map[string]any{"team": "support", "customer": "acme-corp"}}})
	b.Object("sessions/support/events.yaml", map[string]any{"message": "pod support of acme-corp is gone"})
	var archive bytes.Buffer
	if _, err := b.Write(&archive, "v1.2.3", time.Unix(1_700_000_000, 0)); err != nil {
		t.Fatal(err)
	}
	files := unpack(t, &archive)
	if events := files["sessions/support/events.yaml"]; !strings.Contains(events, "pod support of <") {
		t.Errorf("the files are %q", files)
	}
}
