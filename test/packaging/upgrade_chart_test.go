package packaging

import (
	"archive/tar"
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// previousChart returns a copy of the chart as it was before the last commit. Where there
// is no history, as in an unpacked archive of the sources, it is that of today.
func previousChart(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	archive, err := exec.CommandContext(t.Context(), "git", "-C", root, "archive", "HEAD^", "charts/wasession").Output()
	if err != nil {
		t.Logf("there is no previous commit, so the older chart is made from today's: %v", err)
		if err := os.CopyFS(dir, os.DirFS(filepath.Join(root, "charts", "wasession"))); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	for files := tar.NewReader(bytes.NewReader(archive)); ; {
		header, err := files.Next()
		if errors.Is(err, io.EOF) {
			return filepath.Join(dir, "charts", "wasession")
		}
		if err != nil {
			t.Fatal(err)
		}
		if header.Typeflag != tar.TypeReg {
			continue
		}
		content, err := io.ReadAll(files)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, filepath.FromSlash(header.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
