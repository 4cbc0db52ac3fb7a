package realnode

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
)

// WriteImage writes an image with a program of this machine, and the libraries that it
// needs, in the format of `docker save`. The program is the entrypoint, and its user
// has no rights.
func WriteImage(target, name, program string) error {
	files, err := programFiles(program)
	if err != nil {
		return err
	}
	var layer bytes.Buffer
	if err := writeTar(&layer, files...); err != nil {
		return err
	}
	sum := sha256.Sum256(layer.Bytes())
	config, err := json.Marshal(map[string]any{
		"architecture": runtime.GOARCH, "os": "linux",
		"config": map[string]any{"Entrypoint": []string{"/" + filepath.Base(program)}, "User": "65535:65535"},
		"rootfs": map[string]any{"type": "layers", "diff_ids": []string{"sha256:" + hex.EncodeToString(sum[:])}},
	})
	if err != nil {
		return err
	}
	manifest, err := json.Marshal([]any{map[string]any{"Config": "config.json", "RepoTags": []string{name}, "Layers": []string{"layer.tar"}}})
	if err != nil {
		return err
	}
	var image bytes.Buffer
	if err := writeTar(&image, entry{"manifest.json", manifest, 0o644}, entry{"config.json", config, 0o644}, entry{"layer.tar", layer.Bytes(), 0o644}); err != nil {
		return err
	}
	return os.WriteFile(target, image.Bytes(), 0o600)
}

// libraries are the paths in what ldd prints.
var libraries = regexp.MustCompile(`(?m)(/\S+) \(0x`)

// programFiles are a program and its libraries, where it looks for them.
func programFiles(program string) ([]entry, error) {
	content, err := os.ReadFile(program)
	if err != nil {
		return nil, err
	}
	files := []entry{{filepath.Base(program), content, 0o755}}
	out, err := exec.Command("ldd", program).CombinedOutput()
	if err != nil && !strings.Contains(string(out), "not a dynamic executable") {
		return nil, fmt.Errorf("ldd %s: %w: %s", program, err, out)
	}
	for _, match := range libraries.FindAllSubmatch(out, -1) {
		path := string(match[1])
		content, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		files = append(files, entry{strings.TrimPrefix(path, "/"), content, 0o755})
	}
	return files, nil
}

// entry is a file of an archive.
type entry struct {
	name    string
	content []byte
	mode    int64
}

func writeTar(buffer *bytes.Buffer, entries ...entry) error {
	archive := tar.NewWriter(buffer)
	for _, e := range entries {
		if err := archive.WriteHeader(&tar.Header{Name: e.name, Mode: e.mode, Size: int64(len(e.content))}); err != nil {
			return err
		}
		if _, err := archive.Write(e.content); err != nil {
			return err
		}
	}
	return archive.Close()
}
