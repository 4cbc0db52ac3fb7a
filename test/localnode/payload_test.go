package localnode

import (
	"maps"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// visible returns what a reader of the folder sees: every path with its
// content.
func visible(t *testing.T, folder string) map[string]string {
	t.Helper()
	seen, err := readPayload(filepath.Join(folder, dataLink) + "/.")
	if err != nil {
		t.Fatal(err)
	}
	names, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if name.Name()[0] != '.' && name.Type() != os.ModeSymlink {
			t.Errorf("%s is not a link", name.Name())
		}
	}
	return seen
}

func TestPayloadWrite(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "volume")
	steps := []struct {
		name    string
		content payload
		changed bool
	}{
		{"first", payload{"a": "1", "sub/b": "2"}, true},
		{"unchanged", payload{"a": "1", "sub/b": "2"}, false},
		{"a value changes", payload{"a": "3", "sub/b": "2"}, true},
		{"a key goes, one comes", payload{"c": "4"}, true},
		{"emptied", payload{}, true},
		{"empty again", payload{}, false},
	}
	for _, step := range steps {
		changed, err := step.content.write(folder, 0o600)
		if err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		if changed != step.changed {
			t.Errorf("%s: changed %v, want %v", step.name, changed, step.changed)
		}
		if got := visible(t, folder); !maps.Equal(got, step.content) {
			t.Errorf("%s: folder shows %v, want %v", step.name, got, step.content)
		}
		for path, want := range step.content {
			if got, err := os.ReadFile(filepath.Join(folder, path)); err != nil || string(got) != want {
				t.Errorf("%s: %s reads %q, %v", step.name, path, got, err)
			}
		}
		if versions, _ := filepath.Glob(filepath.Join(folder, "..version-*")); len(versions) != 1 {
			t.Errorf("%s: versions left behind: %v", step.name, versions)
		}
	}
	if entries, _ := os.ReadDir(folder); len(entries) != 2 {
		t.Errorf("an empty volume holds %v, want ..data and its version only", entries)
	}
}

func TestPayloadRefusesPathsOutside(t *testing.T) {
	for _, path := range []string{"../up", "/abs", "a/../../up", "..data", ""} {
		if _, err := (payload{path: "x"}).write(filepath.Join(t.TempDir(), "v"), 0o600); err == nil {
			t.Errorf("a file at %q was written", path)
		}
	}
}

// TestPayloadIsReadWhole reads two files through one opened ..data while they
// change: both must always be of the same version.
func TestPayloadIsReadWhole(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "volume")
	if _, err := (payload{"a": "0", "b": "0"}).write(folder, 0o600); err != nil {
		t.Fatal(err)
	}
	var writer sync.WaitGroup
	writer.Add(1)
	go func() {
		defer writer.Done()
		for i := range 200 {
			value := string(rune('0' + i%2))
			if _, err := (payload{"a": value, "b": value}).write(folder, 0o600); err != nil {
				t.Error(err)
			}
		}
	}()
	reads := 0
	for range 2000 {
		version, err := os.Readlink(filepath.Join(folder, dataLink))
		if err != nil {
			t.Fatalf("..data is missing for a moment: %v", err)
		}
		a, errA := os.ReadFile(filepath.Join(folder, version, "a"))
		b, errB := os.ReadFile(filepath.Join(folder, version, "b"))
		if errA == nil && errB == nil {
			reads++
			if string(a) != string(b) {
				t.Fatalf("read %q and %q of one version", a, b)
			}
		}
	}
	writer.Wait()
	if reads == 0 {
		t.Fatal("not one read succeeded")
	}
}
