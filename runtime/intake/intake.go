// Package intake takes in the files that callers of the API want sent: given by
// URL, or as base64 inside a request. They are on the disk, never whole in
// memory, until they have been sent.
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

// The bounds of a file that is fetched.
const (
	DefaultMaxSize = 100 << 20
	fetchTime      = 2 * time.Minute
)

// ErrTooLarge says that a file is larger than the limit.
var ErrTooLarge = errors.New("the file is too large")

// ErrNotFetched wraps why a URL could not be fetched; its text is for people
// and does not show the URL.
var ErrNotFetched = errors.New("the file could not be fetched")

// Options say how an Intake works.
type Options struct {
	// Dir is a directory of its own. What a process that was killed left in it
	// is removed.
	Dir string
	// Egress says which addresses may be fetched from.
	Egress egress.Policy
	// MaxSize bounds a file in bytes; DefaultMaxSize where 0.
	MaxSize int64
}

// Intake takes files in.
type Intake struct {
	dir    string
	max    int64
	client *http.Client
}

// File is a file that was taken in. Remove it when it is done with.
type File struct {
	Path string
	// MIMEType is what its server said, or what it looks like.
	MIMEType string
	// Name is its name on its server; empty where it has none.
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

// Open makes the directory, empty.
func Open(o Options) (*Intake, error) {
	if err := os.RemoveAll(o.Dir); err != nil {
		return nil, fmt.Errorf("files to be sent: %w", err)
	}
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("files to be sent: %w", err)
	}
	if o.MaxSize == 0 {
		o.MaxSize = DefaultMaxSize
	}
	return &Intake{dir: o.Dir, max: o.MaxSize, client: o.Egress.Fetcher(fetchTime)}, nil
}

// Fetch takes in what a URL leads to.
func (i *Intake) Fetch(ctx context.Context, address string) (File, error) {
	u, err := egress.ParseURL(address)
	if err != nil {
		return File{}, fmt.Errorf("%w: it %w", ErrNotFetched, err)
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
		return File{}, fmt.Errorf("%w: its server answered %d", ErrNotFetched, resp.StatusCode)
	}
	if resp.ContentLength > i.max {
		return File{}, fmt.Errorf("%w: more than %d bytes", ErrTooLarge, i.max)
	}
	f, err := i.keep(resp.Body)
	var local *fs.PathError
	if err != nil && !errors.Is(err, ErrTooLarge) && !errors.As(err, &local) {
		err = fmt.Errorf("%w: its server broke off, or took too long", ErrNotFetched)
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

// usable says whether a server's type tells more than a look at the file.
func usable(said string) bool {
	mediatype, _, err := mime.ParseMediaType(said)
	return err == nil && mediatype != "application/octet-stream" && mediatype != "binary/octet-stream"
}

// nameOf is the name that a server gives a file, without anything that could
// be taken for a path.
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

// keep writes content to a file of its own, within the limit.
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

// writer writes a file and looks at its beginning.
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

// Write implements io.Writer; the error is ErrTooLarge beyond the limit.
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
