package config

import (
	"context"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"
)

// settleTime is how long files must be left alone before they are read: a
// change comes as several events.
const settleTime = 100 * time.Millisecond

// Watcher notices changes of files. It watches their folders: the kubelet
// replaces all files of a mount at once by pointing the link ..data elsewhere,
// which an observer of a file would never see, and editors write a new file and
// rename it.
type Watcher struct {
	fs      *fsnotify.Watcher
	log     *slog.Logger
	targets []target
}

type target struct {
	dir     string
	changed func()
}

// NewWatcher returns a watcher of nothing. Close it, or let Run.
func NewWatcher(log *slog.Logger) (*Watcher, error) {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, fmt.Errorf("files cannot be watched: %w", err)
	}
	return &Watcher{fs: w, log: log}, nil
}

// File calls changed, from Run, after a file's content changed. Other files of
// its folder do not matter: one may be the log that changed writes to. The first
// event always counts, as the content that the caller has may be older.
func (w *Watcher) File(path string, changed func()) error {
	last := state{}
	return w.Dir(filepath.Dir(path), func() {
		now := stateOf(path)
		if now == last {
			return
		}
		last = now
		changed()
	})
}

// state tells contents of a file apart, and the reasons why it cannot be read.
type state struct {
	sum   [sha256.Size]byte
	trial string
}

func stateOf(path string) state {
	content, err := os.ReadFile(path)
	if err != nil {
		return state{trial: err.Error()}
	}
	return state{sum: sha256.Sum256(content), trial: "read"}
}

// Dir calls changed, from Run, after anything in a folder changed.
func (w *Watcher) Dir(dir string, changed func()) error {
	if err := w.fs.Add(dir); err != nil {
		return fmt.Errorf("%s cannot be watched: %w", dir, err)
	}
	w.targets = append(w.targets, target{filepath.Clean(dir), changed})
	return nil
}

// Run tells of changes until ctx ends.
func (w *Watcher) Run(ctx context.Context) {
	defer w.fs.Close()
	settle := time.NewTimer(time.Hour)
	defer settle.Stop()
	touched := map[string]bool{}
	for {
		select {
		case <-ctx.Done():
			return
		case event, ok := <-w.fs.Events:
			if !ok {
				return
			}
			touched[filepath.Dir(event.Name)] = true
			settle.Reset(settleTime)
		case err, ok := <-w.fs.Errors:
			if !ok {
				return
			}
			// An overflow lost events: everything may have changed.
			w.log.Warn("Watching files failed; all are read again", "error", err)
			for _, t := range w.targets {
				touched[t.dir] = true
			}
			settle.Reset(settleTime)
		case <-settle.C:
			for _, t := range w.targets {
				if touched[t.dir] {
					t.changed()
				}
			}
			clear(touched)
		}
	}
}

// Close ends a watcher that is not run.
func (w *Watcher) Close() error { return w.fs.Close() }
