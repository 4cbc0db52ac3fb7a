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

// backend stores files: on the volume or in a bucket.
type backend interface {
	// path returns the path of a message's file.
	path(m *chat.Message) string
	// put stores a complete file and may move it.
	put(ctx context.Context, f chat.MediaFile, from *os.File) error
	// open opens a file; fs.ErrNotExist if it does not exist.
	open(ctx context.Context, path string) (io.ReadCloser, error)
	// remove removes a file. A missing file is not an error.
	remove(ctx context.Context, path string) error
}

// placeCache caches the client of the current bucket.
type placeCache struct {
	mu     sync.Mutex
	config v1.S3
	bucket backend
}

// backendOf returns the backend of a bucket, or of the volume if bucket is empty.
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

// volume stores files in one folder. No path leads out of that folder, or into the
// folder of partial files.
type volume struct{ root *os.Root }

// path is the file's name, or its digest if the name is too long.
func (v volume) path(m *chat.Message) string {
	name := Name(m)
	if len(name) <= maxName {
		return name
	}
	return chat.StanzaDigest(name) + "." + Extension(m.Media)
}

// sound says whether a path is a plain file name. The index may contain others,
// written by an earlier version for unusual IDs.
func sound(path string) bool {
	return filepath.IsLocal(path) && path == filepath.Base(path) && path[0] != '.'
}

func (v volume) put(_ context.Context, f chat.MediaFile, from *os.File) error {
	if !sound(f.Path) {
		return fmt.Errorf("%q is not a valid file name", f.Path)
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
