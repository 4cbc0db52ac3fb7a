// Package bundle makes the archive that people hand to whoever helps them: documents,
// without what is private in them, and a manifest of what is in it and what is not.
package bundle

import (
	"archive/tar"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"sigs.k8s.io/yaml"

	"github.com/wasession/wasession/kubectl/redact"
)

const (
	// MaxText is the longest text that is taken of one log, in bytes: its end.
	MaxText = 1 << 20
	// maxTotal limits the files of a bundle, in bytes before they are compressed.
	maxTotal = 64 << 20
)

// Bundle collects documents.
type Bundle struct {
	redact *redact.Redactor
	files  []file
	out    []Omission
	// most limits the files, in bytes before they are compressed.
	most int
}

type file struct {
	path string
	// render returns the document without what is private. It is called when all
	// documents are known, as what one has hidden is hidden in the others too.
	render func() (string, error)
}

// Omission is something that is not in the bundle.
type Omission struct {
	What string `json:"what"`
	Why  string `json:"why"`
}

// Manifest says what is in a bundle.
type Manifest struct {
	Created time.Time  `json:"created"`
	Plugin  string     `json:"plugin"`
	Note    string     `json:"note"`
	Files   []Entry    `json:"files"`
	LeftOut []Omission `json:"leftOut"`
}

// Entry is a file of a bundle.
type Entry struct {
	Path  string `json:"path"`
	Bytes int    `json:"bytes"`
}

const note = "Keys, numbers, names, texts, and what URLs carry beside their host are replaced. " +
	"The same value has the same placeholder in all files of this bundle, and another one in others."

// New returns an empty bundle.
func New() *Bundle { return &Bundle{redact: redact.New(), most: maxTotal} }

// KnowSecret hides an entry of a Secret with API keys wherever it is: a key, or a list of
// keys in JSON.
func (b *Bundle) KnowSecret(entry []byte) {
	b.redact.Know(string(entry))
	var list []struct {
		Key string `json:"key"`
	}
	_ = json.Unmarshal(entry, &list) // else it is a key
	for _, listed := range list {
		b.redact.Know(listed.Key)
	}
}

// Keep leaves the name of an object where it is, even if it is also the value of a label
// or of something else that is hidden. A number in it is hidden all the same.
func (b *Bundle) Keep(name string) { b.redact.Keep(name) }

// Object adds an object that was decoded from JSON.
func (b *Bundle) Object(path string, object map[string]any) {
	b.redact.Learn(object)
	b.files = append(b.files, file{path, func() (string, error) {
		text, err := yaml.Marshal(b.redact.Object(object))
		return string(text), err
	}})
}

// Log adds a log.
func (b *Bundle) Log(path, log string) {
	b.files = append(b.files, file{path, func() (string, error) { return b.redact.Log(log), nil }})
}

// Metrics adds metrics in the format of Prometheus.
func (b *Bundle) Metrics(path, metrics string) {
	b.files = append(b.files, file{path, func() (string, error) { return b.redact.Metrics(metrics), nil }})
}

// LeaveOut notes something that the bundle does not have.
func (b *Bundle) LeaveOut(what, why string) {
	b.out = append(b.out, Omission{What: what, Why: why})
}

// path hides what is private in a file's path, such as a number that a session is named
// after. Not every system takes the brackets of placeholders in a file's name.
func (b *Bundle) path(path string) string {
	folders := strings.Split(path, "/")
	for i, name := range folders {
		folders[i] = strings.NewReplacer("<", "", ">", "").Replace(b.redact.Text(name))
	}
	return strings.Join(folders, "/")
}

// Write writes the bundle as a compressed archive, and returns its manifest, which is the
// last file in it.
func (b *Bundle) Write(out io.Writer, plugin string, now time.Time) (Manifest, error) {
	compressed := gzip.NewWriter(out)
	archive := tar.NewWriter(compressed)
	add := func(path, text string) error {
		header := &tar.Header{Name: "wasession-support/" + path, Mode: 0o600, Size: int64(len(text)), ModTime: now, Typeflag: tar.TypeReg}
		if err := archive.WriteHeader(header); err != nil {
			return err
		}
		_, err := io.WriteString(archive, text)
		return err
	}
	manifest := Manifest{Created: now.UTC(), Plugin: plugin, Note: note, Files: []Entry{}, LeftOut: []Omission{}}
	total := 0
	for _, f := range b.files {
		text, err := f.render()
		if err != nil {
			return manifest, fmt.Errorf("writing %s: %w", f.path, err)
		}
		if total+len(text) > b.most {
			b.LeaveOut(f.path, fmt.Sprintf("the bundle would have more than %d bytes: name fewer sessions", b.most))
			continue
		}
		total += len(text)
		path := b.path(f.path)
		if err := add(path, text); err != nil {
			return manifest, err
		}
		manifest.Files = append(manifest.Files, Entry{Path: path, Bytes: len(text)})
	}
	for _, left := range b.out {
		manifest.LeftOut = append(manifest.LeftOut, Omission{What: b.redact.Text(left.What), Why: b.redact.Text(left.Why)})
	}
	encoded, err := json.MarshalIndent(manifest, "", "  ")
	if err != nil {
		return manifest, err
	}
	if err := add("manifest.json", string(encoded)+"\n"); err != nil {
		return manifest, err
	}
	if err := archive.Close(); err != nil {
		return manifest, err
	}
	return manifest, compressed.Close()
}
