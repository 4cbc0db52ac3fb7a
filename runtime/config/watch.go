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

// settleTime is how long files must be unchanged before they are read: one
// change causes several events.
const settleTime = 100 * time.Millisecond

// Watcher reports changes of files. It watches their folders: the kubelet
// replaces all files of a mount by redirecting the ..data symlink, which a watch
// on the file would miss, and editors write a new file and rename it.
type Watcher struct {
	fs      *fsnotify.Watcher
	log     *slog.Logger
	targets []target
}

type target struct {
	dir     string
	changed func()
}

// NewWatcher returns a watcher without files. Run closes it; call Close if Run is
// never called.
func NewWatcher(log *slog.Logger) (*Watcher, error) {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, fmt.Errorf("watch files: %w", err)
	}
	return &Watcher{fs: w, log: log}, nil
}

// File calls changed, from Run, after a file's content changed. Other files in
// its folder are ignored: one may be the log that changed writes to. The first
// event always counts, since the caller may have read older content.
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

// state identifies a file's content, or the reason why it cannot be read.
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
		return fmt.Errorf("watch %s: %w", dir, err)
	}
	w.targets = append(w.targets, target{filepath.Clean(dir), changed})
	return nil
}

// Run reports changes until ctx ends.
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
			w.log.Warn("File watching failed; rereading all files", "error", err)
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

// Close releases a watcher on which Run is never called.
func (w *Watcher) Close() error { return w.fs.Close() }
