package media

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
)

// Index lists the files that exist; the store implements it.
type Index interface {
	// Media finds a file by its key; chat.ErrNotFound.
	Media(ctx context.Context, key string) (chat.MediaFile, error)
	// SaveMedia adds a file, or replaces the one with the same key.
	SaveMedia(ctx context.Context, f chat.MediaFile) error
	// OldestMedia returns the files saved before a time (0: all), oldest first.
	OldestMedia(ctx context.Context, before int64, limit int) ([]chat.MediaFile, error)
	// DeleteMedia removes files from the index by key.
	DeleteMedia(ctx context.Context, keys ...string) error
	// MediaTotals returns the number and total size of the files.
	MediaTotals(ctx context.Context) (chat.MediaTotals, error)
}

// Options configure a Library. All fields but Log and Now are required.
type Options struct {
	// Dir is the folder for files on the volume; with a bucket it only contains files
	// in transit.
	Dir string
	// Session is the first part of object keys in a bucket.
	Session string
	Index   Index
	// Config returns the current configuration, which can change at any time.
	Config func() v1.Media
	// Fetch downloads a message's media into an empty file, decrypted and verified.
	// After an error the content of the file is undefined.
	Fetch func(ctx context.Context, m chat.Message, f chat.File) error
	// Client connects to the bucket's server; nil means the SDK's default.
	Client *http.Client
	// Room returns how much space files may take, in bytes; nil means no limit.
	Room func() int64
	Log  *slog.Logger
	// Now is the clock for the age of files.
	Now func() time.Time
}

// ErrTooLarge says that a file exceeds the session's media limit.
var ErrTooLarge = errors.New("the file is larger than the session's media limit")

const (
	// parallel limits parallel downloads.
	parallel = 4
	// fetchTimeout limits one download.
	fetchTimeout = 2 * time.Minute
	// maxFile limits one file if no limit is configured, in bytes; WhatsApp allows at
	// most 2 GB.
	maxFile = 2 << 30
)

// Library stores the files of one session.
type Library struct {
	Options
	// root is Dir. All files are accessed through it.
	root   *os.Root
	ctx    context.Context
	cancel context.CancelFunc
	flight singleflight.Group
	slots  chan struct{}
	// fetches counts the running downloads; no more start once closed is set.
	fetches sync.WaitGroup
	mu      sync.Mutex
	closed  bool
	places  placeCache
}

// Open creates the folder and removes incomplete files of an earlier process.
func Open(o Options) (*Library, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("creating the media directory: %w", err)
	}
	root, err := os.OpenRoot(o.Dir)
	if err != nil {
		return nil, fmt.Errorf("opening the media directory: %w", err)
	}
	if err := errors.Join(root.RemoveAll(partial), root.Mkdir(partial, 0o700)); err != nil {
		_ = root.Close()
		return nil, fmt.Errorf("cleaning up the media directory: %w", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	return &Library{Options: o, root: root, ctx: ctx, cancel: cancel, slots: make(chan struct{}, parallel)}, nil
}

// Close cancels running downloads and waits for them.
func (l *Library) Close() {
	l.mu.Lock()
	l.closed = true
	l.mu.Unlock()
	l.cancel()
	l.fetches.Wait()
	_ = l.root.Close() // only what asks for a file from now on is told
}

// Ensure returns the message's file and downloads it if needed. Concurrent callers
// share one download, which continues if one of them gives up.
func (l *Library) Ensure(ctx context.Context, m chat.Message) (chat.MediaFile, error) {
	if m.Media == nil {
		return chat.MediaFile{}, chat.ErrNoMedia
	}
	f, err := l.Find(ctx, m)
	if !errors.Is(err, chat.ErrNotFound) {
		return f, err
	}
	return l.fetch(ctx, m, func() (any, error) {
		// A download may have finished since the index was read.
		if f, err := l.Find(l.ctx, m); !errors.Is(err, chat.ErrNotFound) {
			return f, err
		}
		return l.download(m)
	})
}

// Find returns the message's file if it is stored; chat.ErrNotFound otherwise.
func (l *Library) Find(ctx context.Context, m chat.Message) (chat.MediaFile, error) {
	return l.Index.Media(ctx, key(&m))
}

// Content is an open file. Body is an io.ReadSeeker for files on the volume.
type Content struct {
	chat.MediaFile
	Body io.ReadCloser
}

// Read opens the message's file and downloads it if it is not stored or has
// disappeared.
func (l *Library) Read(ctx context.Context, m chat.Message) (Content, error) {
	f, err := l.Ensure(ctx, m)
	if err != nil {
		return Content{}, err
	}
	body, err := l.open(ctx, f)
	if errors.Is(err, fs.ErrNotExist) {
		if f, err = l.fetch(ctx, m, func() (any, error) { return l.download(m) }); err == nil {
			body, err = l.open(ctx, f)
		}
	}
	if err != nil {
		return Content{}, err
	}
	return Content{f, body}, nil
}

func (l *Library) open(ctx context.Context, f chat.MediaFile) (io.ReadCloser, error) {
	p, err := l.backendOf(f.Bucket)
	if err != nil {
		return nil, err
	}
	return p.open(ctx, f.Path)
}
