package realnode

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// An image has its program, and the libraries that the program loads.
func TestImageOfAProgram(t *testing.T) {
	image := filepath.Join(t.TempDir(), "image.tar")
	for _, program := range []string{"/bin/sh", os.Args[0]} {
		if err := WriteImage(image, "localhost/program:1", program); err != nil {
			t.Fatal(err)
		}
		content, err := os.ReadFile(image)
		if err != nil {
			t.Fatal(err)
		}
		files := unpack(t, content)
		var manifest []struct {
			Config           string
			RepoTags, Layers []string
		}
		if err := json.Unmarshal(files["manifest.json"], &manifest); err != nil {
			t.Fatal(err)
		}
		if len(manifest) != 1 || manifest[0].RepoTags[0] != "localhost/program:1" || files[manifest[0].Config] == nil {
			t.Fatalf("manifest %+v", manifest)
		}
		layer := unpack(t, files[manifest[0].Layers[0]])
		want, err := os.ReadFile(program)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(layer[filepath.Base(program)], want) {
			t.Errorf("the image of %s does not have it", program)
		}
		if program == "/bin/sh" && len(layer) < 2 {
			t.Error("the image of /bin/sh has no libraries")
		}
	}
	if err := WriteImage(image, "localhost/program:1", filepath.Join(t.TempDir(), "nothing")); err == nil {
		t.Error("no error for a program that is not there")
	}
}

func unpack(t *testing.T, content []byte) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	for archive := tar.NewReader(bytes.NewReader(content)); ; {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		if files[header.Name], err = io.ReadAll(archive); err != nil {
			t.Fatal(err)
		}
	}
}
