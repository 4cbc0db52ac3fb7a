package localnode

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// payload is the content of a volume made from objects: paths and contents.
type payload map[string]string

// dataLink is the link to the current version of a payload.
const dataLink = "..data"

// write makes the folder show exactly p, like a kubelet: the files are in a
// separate folder, ..data is a link to it that is replaced atomically, and the
// visible names are links through ..data. A reader sees the old files or the
// new ones, never a mixture. write reports whether anything changed.
func (p payload) write(folder string, mode fs.FileMode) (bool, error) {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return false, err
	}
	link := filepath.Join(folder, dataLink)
	before, _ := os.Readlink(link)
	if before != "" {
		present, err := readPayload(filepath.Join(folder, before))
		if err == nil && maps.Equal(present, p) {
			return false, nil
		}
	}
	version, err := os.MkdirTemp(folder, "..version-")
	if err != nil {
		return false, err
	}
	if err := p.fill(version, mode); err != nil {
		return false, err
	}
	temporary := filepath.Join(folder, "..data_tmp")
	_ = os.Remove(temporary)
	if err := os.Symlink(filepath.Base(version), temporary); err != nil {
		return false, err
	}
	if err := os.Rename(temporary, link); err != nil {
		return false, err
	}
	if err := p.linkNames(folder); err != nil {
		return false, err
	}
	if before != "" {
		return true, os.RemoveAll(filepath.Join(folder, before))
	}
	return true, nil
}

func (p payload) fill(folder string, mode fs.FileMode) error {
	if err := os.Chmod(folder, 0o755); err != nil {
		return err
	}
	for path, content := range p {
		if !filepath.IsLocal(path) || strings.HasPrefix(path, "..") {
			return fmt.Errorf("%q is not a valid path in a volume", path)
		}
		target := filepath.Join(folder, path)
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(target, []byte(content), mode); err != nil {
			return err
		}
	}
	return nil
}

// linkNames makes the visible names those of p.
func (p payload) linkNames(folder string) error {
	var wanted []string
	for path := range p {
		first, _, _ := strings.Cut(path, "/")
		wanted = append(wanted, first)
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if !strings.HasPrefix(entry.Name(), "..") && !slices.Contains(wanted, entry.Name()) {
			if err := os.Remove(filepath.Join(folder, entry.Name())); err != nil {
				return err
			}
		}
	}
	for _, name := range wanted {
		err := os.Symlink(filepath.Join(dataLink, name), filepath.Join(folder, name))
		if err != nil && !os.IsExist(err) {
			return err
		}
	}
	return nil
}

// readPayload returns the payload in a version folder.
func readPayload(folder string) (payload, error) {
	found := payload{}
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(folder, path)
		found[relative] = string(content)
		return err
	})
	return found, err
}
