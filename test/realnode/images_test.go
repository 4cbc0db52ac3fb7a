package realnode

import (
	"archive/tar"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
)

func TestPauseImage(t *testing.T) {
	folder := t.TempDir()
	program, image := filepath.Join(folder, "pause"), filepath.Join(folder, "pause.tar")
	if err := os.WriteFile(program, []byte("a program"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := writePause(program, image); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(image)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	found := map[string][]byte{}
	for archive := tar.NewReader(file); ; {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if found[header.Name], err = io.ReadAll(archive); err != nil {
			t.Fatal(err)
		}
	}
	var manifest []struct {
		Config           string
		RepoTags, Layers []string
	}
	if err := json.Unmarshal(found["manifest.json"], &manifest); err != nil {
		t.Fatal(err)
	}
	if len(manifest) != 1 || manifest[0].RepoTags[0] != PauseImage || found[manifest[0].Config] == nil || found[manifest[0].Layers[0]] == nil {
		t.Errorf("manifest %+v", manifest)
	}
	if err := writePause(filepath.Join(folder, "nothing"), image); err == nil {
		t.Error("no error for a program that is not there")
	}
}
