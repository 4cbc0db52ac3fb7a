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

// Index remembers which files there are: the store.
type Index interface {
	// Media finds a file by its key; chat.ErrNotFound.
	Media(ctx context.Context, key string) (chat.MediaFile, error)
	// SaveMedia remembers a file; the same key is replaced.
	SaveMedia(ctx context.Context, f chat.MediaFile) error
	// OldestMedia are the files saved before a time (0: all), oldest first.
	OldestMedia(ctx context.Context, before int64, limit int) ([]chat.MediaFile, error)
	// DeleteMedia forgets files by key.
	DeleteMedia(ctx context.Context, keys ...string) error
	// MediaTotals sums up the files.
	MediaTotals(ctx context.Context) (chat.MediaTotals, error)
}

// Options are what a library is made of. All but Log and Now are needed.
type Options struct {
	// Dir is the folder of files on the volume; with a bucket it holds only
	// what is on its way there.
	Dir string
	// Session is the first part of keys in a bucket.
	Session string
	Index   Index
	// Config is the configuration in force; it can change at any time.
	Config func() v1.Media
	// Fetch writes a message's media to an empty file, decrypted and verified.
	// After an error the file holds anything.
	Fetch func(ctx context.Context, m chat.Message, f chat.File) error
	// Client is for a bucket's server; nil means the SDK's own.
	Client *http.Client
	// Room is how much of the volume files may take, in bytes; nil sets no bound.
	Room func() int64
	Log  *slog.Logger
	// Now is the clock that the age of files is counted by.
	Now func() time.Time
}

// ErrTooLarge says that a file exceeds the session's limit.
var ErrTooLarge = errors.New("the file is larger than the session's media limit")

const (
	// parallel bounds the downloads under way.
	parallel = 4
	// fetchTimeout bounds one download.
	fetchTimeout = 2 * time.Minute
	// maxFile bounds one file where no limit is configured, in bytes; WhatsApp
	// carries at most 2 GB.
	maxFile = 2 << 30
)

// Library keeps the files of one session.
type Library struct {
	Options
	// root is Dir: all files are reached through it.
	root   *os.Root
	ctx    context.Context
	cancel context.CancelFunc
	flight singleflight.Group
	slots  chan struct{}
	// fetches counts the downloads under way; closed under mu ends them.
	fetches sync.WaitGroup
	mu      sync.Mutex
	closed  bool
	places  placeCache
}

// Open makes the folder and removes what an earlier process left half done.
func Open(o Options) (*Library, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the media folder: %w", err)
	}
	root, err := os.OpenRoot(o.Dir)
	if err != nil {
		return nil, fmt.Errorf("opening the media folder: %w", err)
	}
	if err := errors.Join(root.RemoveAll(partial), root.Mkdir(partial, 0o700)); err != nil {
		_ = root.Close()
		return nil, fmt.Errorf("clearing the media folder: %w", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	return &Library{Options: o, root: root, ctx: ctx, cancel: cancel, slots: make(chan struct{}, parallel)}, nil
}

// Close ends downloads under way and waits for them.
func (l *Library) Close() {
	l.mu.Lock()
	l.closed = true
	l.mu.Unlock()
	l.cancel()
	l.fetches.Wait()
	_ = l.root.Close() // only what asks for a file from now on is told
}

// Ensure has the message's file at hand, fetching it if it was not. Many who
// ask at once share one download, which goes on when one of them gives up.
func (l *Library) Ensure(ctx context.Context, m chat.Message) (chat.MediaFile, error) {
	if m.Media == nil {
		return chat.MediaFile{}, chat.ErrNoMedia
	}
	f, err := l.Find(ctx, m)
	if !errors.Is(err, chat.ErrNotFound) {
		return f, err
	}
	return l.fetch(ctx, m, func() (any, error) {
		// A download may have ended since the index was asked.
		if f, err := l.Find(l.ctx, m); !errors.Is(err, chat.ErrNotFound) {
			return f, err
		}
		return l.download(m)
	})
}

// Find is the message's file if it is at hand; chat.ErrNotFound otherwise.
func (l *Library) Find(ctx context.Context, m chat.Message) (chat.MediaFile, error) {
	return l.Index.Media(ctx, key(&m))
}

// Content is an open file. Body is an io.ReadSeeker for files on the volume.
type Content struct {
	chat.MediaFile
	Body io.ReadCloser
}

// Read opens the message's file, fetching it if it was not at hand or has gone
// from its place.
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
