package archive

import (
	"archive/tar"
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Who made the files, when, and with which umask, is not in the archive.
func TestOnlyNamesContentAndTheGivenTimeCount(t *testing.T) {
	at := time.Unix(1_700_000_000, 0).UTC()
	var first []byte
	for _, mode := range []os.FileMode{0o640, 0o600} {
		folder := t.TempDir()
		for _, name := range []string{"b", "a/c"} {
			path := filepath.Join(folder, name)
			if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(name), mode); err != nil {
				t.Fatal(err)
			}
		}
		var out bytes.Buffer
		if err := Folder(&out, folder, at); err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = out.Bytes()
		} else if !bytes.Equal(first, out.Bytes()) {
			t.Error("the archives differ")
		}
	}
	header, err := tar.NewReader(bytes.NewReader(first)).Next()
	if err != nil || header.Name != "a/" || !header.ModTime.Equal(at) || header.Uid != 0 {
		t.Errorf("it begins with %+v (%v)", header, err)
	}
}
