// Package intake stores the files that API clients send, given by URL or as
// base64 in a request. They stay on disk until sent, never whole in memory.
package intake

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"os"
	"path"
	"strings"
	"time"

	"github.com/wasession/wasession/runtime/egress"
)

// Limits of a file that is fetched.
const (
	DefaultMaxSize = 100 << 20
	fetchTime      = 2 * time.Minute
)

// ErrTooLarge says that a file is larger than the limit.
var ErrTooLarge = errors.New("the file is too large")

// ErrNotFetched wraps why a URL could not be fetched. Its text can be shown to
// clients and does not contain the URL.
var ErrNotFetched = errors.New("the file could not be fetched")

// Options configure an Intake.
type Options struct {
	// Dir is a directory that nothing else uses. Files left in it by a process
	// that was killed are removed.
	Dir string
	// Egress decides which addresses files may be downloaded from.
	Egress egress.Policy
	// MaxSize is the largest file in bytes. Defaults to DefaultMaxSize.
	MaxSize int64
}

// Intake stores files to be sent.
type Intake struct {
	dir    string
	max    int64
	client *http.Client
}

// File is a stored file. Call Remove when it is no longer needed.
type File struct {
	Path string
	// MIMEType is as declared by its server, or detected from the content.
	MIMEType string
	// Name is its name on its server; empty if it has none.
	Name string
	Size int64
	// Sum is the SHA-256 of its content in hex.
	Sum string
}

// Remove deletes the file.
func (f File) Remove() {
	if f.Path != "" {
		_ = os.Remove(f.Path)
	}
}

// Open creates the directory, empty.
func Open(o Options) (*Intake, error) {
	if err := os.RemoveAll(o.Dir); err != nil {
		return nil, fmt.Errorf("preparing the directory for outgoing files: %w", err)
	}
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("preparing the directory for outgoing files: %w", err)
	}
	if o.MaxSize == 0 {
		o.MaxSize = DefaultMaxSize
	}
	return &Intake{dir: o.Dir, max: o.MaxSize, client: o.Egress.Fetcher(fetchTime)}, nil
}

// Fetch downloads a URL.
func (i *Intake) Fetch(ctx context.Context, address string) (File, error) {
	u, err := egress.ParseURL(address)
	if err != nil {
		return File{}, fmt.Errorf("%w: its URL %w", ErrNotFetched, err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return File{}, ErrNotFetched
	}
	r.Header.Set("User-Agent", "wasession")
	resp, err := i.client.Do(r)
	if err != nil {
		return File{}, fmt.Errorf("%w: %s", ErrNotFetched, egress.Problem(err))
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return File{}, fmt.Errorf("%w: the server responded with status %d", ErrNotFetched, resp.StatusCode)
	}
	if resp.ContentLength > i.max {
		return File{}, fmt.Errorf("%w: more than %d bytes", ErrTooLarge, i.max)
	}
	f, err := i.keep(resp.Body)
	var local *fs.PathError
	if err != nil && !errors.Is(err, ErrTooLarge) && !errors.As(err, &local) {
		err = fmt.Errorf("%w: the download was interrupted or timed out", ErrNotFetched)
	}
	if err != nil {
		return File{}, err
	}
	if said := resp.Header.Get("Content-Type"); usable(said) {
		f.MIMEType = said
	}
	f.Name = nameOf(resp)
	return f, nil
}

// usable says whether a server's type is better than one detected from the content.
func usable(said string) bool {
	mediatype, _, err := mime.ParseMediaType(said)
	return err == nil && mediatype != "application/octet-stream" && mediatype != "binary/octet-stream"
}

// nameOf is the name that a server gives a file, without any directories.
func nameOf(resp *http.Response) string {
	name := path.Base(resp.Request.URL.Path)
	if _, params, err := mime.ParseMediaType(resp.Header.Get("Content-Disposition")); err == nil && params["filename"] != "" {
		name = path.Base(strings.ReplaceAll(params["filename"], `\`, "/"))
	}
	if name == "." || name == "/" || !strings.Contains(name, ".") {
		return ""
	}
	return name
}

// keep writes content to a new file, up to the limit.
func (i *Intake) keep(content io.Reader) (File, error) {
	w, err := i.create()
	if err != nil {
		return File{}, err
	}
	if _, err := io.Copy(w, content); err != nil {
		w.abandon()
		return File{}, err
	}
	return w.finish()
}

// Made keeps a file that by makes at a path. It returns by's error, or ErrTooLarge if
// the file has more than most bytes.
func (i *Intake) Made(by func(path string, most int64) error) (File, error) {
	place, err := os.CreateTemp(i.dir, "made-*")
	if err != nil {
		return File{}, err
	}
	defer os.Remove(place.Name())
	defer place.Close()
	if err := by(place.Name(), i.max); err != nil {
		return File{}, err
	}
	made, err := os.Open(place.Name()) // by may have replaced it
	if err != nil {
		return File{}, err
	}
	defer made.Close()
	return i.keep(made)
}

// writer writes a file and keeps its beginning for type detection.
type writer struct {
	file *os.File
	sum  hash.Hash
	head []byte
	size int64
	max  int64
}

func (i *Intake) create() (*writer, error) {
	f, err := os.CreateTemp(i.dir, "file-*")
	if err != nil {
		return nil, err
	}
	return &writer{file: f, sum: sha256.New(), max: i.max}, nil
}

// Write implements io.Writer. Beyond the limit, the error is ErrTooLarge.
func (w *writer) Write(b []byte) (int, error) {
	const looked = 512 // what http.DetectContentType reads
	if w.size+int64(len(b)) > w.max {
		return 0, fmt.Errorf("%w: more than %d bytes", ErrTooLarge, w.max)
	}
	if missing := looked - len(w.head); missing > 0 {
		w.head = append(w.head, b[:min(missing, len(b))]...)
	}
	n, err := w.file.Write(b)
	w.size += int64(n)
	w.sum.Write(b[:n])
	return n, err
}

func (w *writer) finish() (File, error) {
	if err := w.file.Close(); err != nil {
		_ = os.Remove(w.file.Name())
		return File{}, err
	}
	return File{
		Path: w.file.Name(), Size: w.size, Sum: hex.EncodeToString(w.sum.Sum(nil)), MIMEType: http.DetectContentType(w.head),
	}, nil
}

func (w *writer) abandon() {
	_ = w.file.Close()
	_ = os.Remove(w.file.Name())
}
