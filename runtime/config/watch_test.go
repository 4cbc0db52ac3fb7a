package config

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// observed is a file with a watcher that reads it when it is told of a change.
func observed(t *testing.T, path string) <-chan string {
	t.Helper()
	w, err := NewWatcher(slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	seen := make(chan string, 100)
	err = w.File(path, func() {
		if b, err := os.ReadFile(path); err == nil {
			seen <- string(b)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); w.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done })
	return seen
}

func awaitContent(t *testing.T, seen <-chan string, want string) {
	t.Helper()
	timeout := time.After(time.Minute)
	for {
		select {
		case got := <-seen:
			if got == want {
				return
			}
		case <-timeout:
			t.Fatalf("%q was not seen", want)
		}
	}
}

func put(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestSeesAFileWrittenInPlace(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config.json")
	put(t, path, "one")
	seen := observed(t, path)
	put(t, path, "two")
	awaitContent(t, seen, "two")
}

func TestSeesAFileReplaced(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "config.json")
	put(t, path, "one")
	seen := observed(t, path)
	for _, content := range []string{"two", "three"} {
		put(t, filepath.Join(dir, "new"), content)
		if err := os.Rename(filepath.Join(dir, "new"), path); err != nil {
			t.Fatal(err)
		}
		awaitContent(t, seen, content)
	}
}

// TestSeesTheKubeletsSwap replaces files as the kubelet does: the file is a
// link through ..data, a link to a folder, which is put elsewhere by a rename.
func TestSeesTheKubeletsSwap(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "config.json")
	swap := func(version, content string) {
		t.Helper()
		if err := os.Mkdir(filepath.Join(dir, version), 0o700); err != nil {
			t.Fatal(err)
		}
		put(t, filepath.Join(dir, version, "config.json"), content)
		if err := os.Symlink(version, filepath.Join(dir, "..data_tmp")); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(filepath.Join(dir, "..data_tmp"), filepath.Join(dir, "..data")); err != nil {
			t.Fatal(err)
		}
	}
	swap("..v1", "one")
	if err := os.Symlink(filepath.Join("..data", "config.json"), path); err != nil {
		t.Fatal(err)
	}
	seen := observed(t, path)
	for _, v := range []string{"two", "three"} {
		swap(".."+v, v)
		awaitContent(t, seen, v)
	}
}

// A log in the folder of the configuration must not have it read again and
// again: each reading writes to the log.
func TestOtherFilesOfTheFolderDoNotMatter(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "config.json")
	put(t, path, "one")
	w, err := NewWatcher(slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	read, folder := make(chan string, 100), make(chan struct{}, 100)
	if err := w.File(path, func() { b, _ := os.ReadFile(path); read <- string(b) }); err != nil {
		t.Fatal(err)
	}
	// Those who watch are told in their order: after this one the file's was.
	if err := w.Dir(dir, func() { folder <- struct{}{} }); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); w.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done })

	put(t, path, "two")
	<-folder
	awaitContent(t, read, "two")
	for _, line := range []string{"a", "b"} {
		put(t, filepath.Join(dir, "log"), line)
		<-folder
		select {
		case content := <-read:
			t.Fatalf("%q was read again after a line in the log", content)
		default:
		}
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	<-folder
	awaitContent(t, read, "")
	put(t, path, "two")
	awaitContent(t, read, "two")
}

func TestWatchingNothingIsAnError(t *testing.T) {
	w, err := NewWatcher(slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if err := w.Dir(filepath.Join(t.TempDir(), "none"), func() {}); err == nil {
		t.Error("a missing folder is watched")
	}
}
