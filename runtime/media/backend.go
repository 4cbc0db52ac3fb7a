package media

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
)

// backend is where files are kept: the volume or a bucket.
type backend interface {
	// path is where a message's file goes.
	path(m *chat.Message) string
	// put stores a complete file, which it may move away.
	put(ctx context.Context, f chat.MediaFile, from *os.File) error
	// open reads a file; fs.ErrNotExist where it is not there.
	open(ctx context.Context, path string) (io.ReadCloser, error)
	// remove removes a file; one that is not there is no error.
	remove(ctx context.Context, path string) error
}

// placeCache keeps the client of the bucket in use.
type placeCache struct {
	mu     sync.Mutex
	config v1.S3
	bucket backend
}

// backend is that of files in a bucket, or of the volume where bucket is empty.
func (l *Library) backendOf(bucket string) (backend, error) {
	if bucket == "" {
		return volume{l.root}, nil
	}
	config := l.Config().S3
	if config == nil || config.Bucket != bucket {
		return nil, fmt.Errorf("the bucket %q is no longer configured", bucket)
	}
	l.places.mu.Lock()
	defer l.places.mu.Unlock()
	if l.places.bucket != nil && l.places.config == *config {
		return l.places.bucket, nil
	}
	b, err := newBucket(*config, l.Session, l.Client)
	if err != nil {
		return nil, err
	}
	l.places.config, l.places.bucket = *config, b
	return b, nil
}

// volume keeps files in a folder, side by side. Nothing it is told leads out of
// that folder, or into that of partial files.
type volume struct{ root *os.Root }

// path is the file's name, or its digest where file systems would refuse it.
func (v volume) path(m *chat.Message) string {
	name := Name(m)
	if len(name) <= maxName {
		return name
	}
	return chat.StanzaDigest(name) + "." + Extension(m.Media)
}

// sound says whether a path is a file's name. The index may hold others, which
// an earlier version made of ids that were not plain.
func sound(path string) bool {
	return filepath.IsLocal(path) && path == filepath.Base(path) && path[0] != '.'
}

func (v volume) put(_ context.Context, f chat.MediaFile, from *os.File) error {
	if !sound(f.Path) {
		return fmt.Errorf("%q is no name for a file", f.Path)
	}
	if err := from.Sync(); err != nil {
		return err
	}
	return v.root.Rename(filepath.Join(partial, filepath.Base(from.Name())), f.Path)
}

func (v volume) open(_ context.Context, path string) (io.ReadCloser, error) {
	if !sound(path) {
		return nil, fs.ErrNotExist
	}
	return v.root.Open(path)
}

func (v volume) remove(_ context.Context, path string) error {
	if !sound(path) {
		return nil
	}
	if err := v.root.Remove(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
