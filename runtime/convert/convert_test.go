package convert

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func file(t *testing.T, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// script is a program in ffmpeg's place.
func script(t *testing.T, text string) string {
	t.Helper()
	path := file(t, "ffmpeg", []byte("#!/bin/sh\n"+text))
	if err := os.Chmod(path, 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestWithoutFFmpegItSaysSo(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	if err := New(Options{}).Voice(t.Context(), "in", "out", 1); !errors.Is(err, ErrMissing) {
		t.Errorf("error is %v", err)
	}
}

func TestWhatFFmpegIsTold(t *testing.T) {
	t.Setenv("WASESSION_API_KEY", "hush")
	out := filepath.Join(t.TempDir(), "out")
	program := script(t, `for last; do :; done
		while [ "$(ulimit -v)" = unlimited ]; do sleep 0.01; done
		{ echo "$@"; env; echo memory $(ulimit -v), core $(ulimit -c); } > "${last#file:}"`)
	if err := New(Options{Program: program, Memory: 64 << 20}).Voice(t.Context(), "/in/-x", out, 1000); err != nil {
		t.Fatal(err)
	}
	said, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"-protocol_whitelist file", "-format_whitelist ogg,", "-i file:/in/-x", "-fs 1049576", "-nostdin", "memory 65536, core 0"} {
		if !strings.Contains(string(said), want) {
			t.Errorf("ffmpeg was not told %q: %s", want, said)
		}
	}
	if strings.Contains(string(said), "hush") {
		t.Error("ffmpeg knows the API key")
	}
}

func TestAConversionEnds(t *testing.T) {
	started := pipe(t)
	slow := script(t, "echo > "+started+"; exec sleep 1000")
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- New(Options{Program: slow}).Voice(ctx, "in", "out", 1) }()
	await(t, started)
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("for a caller that is gone: %v", err)
	}
	hangs := script(t, "exec sleep 1000")
	if err := New(Options{Program: hangs, Patience: time.Millisecond}).Voice(t.Context(), "in", "out", 1); !errors.Is(err, ErrTooLong) {
		t.Errorf("with a time limit: %v", err)
	}
}

func TestOneRunsAtATime(t *testing.T) {
	lock := filepath.Join(t.TempDir(), "lock")
	// Two at once would meet in the folder; the wait lets them.
	c := New(Options{Program: script(t, "mkdir "+lock+" || exit 1; sleep 0.1; rmdir "+lock)})
	ended := make(chan error, 4)
	for range cap(ended) {
		go func() { ended <- c.Voice(t.Context(), "in", "out", 1) }()
	}
	for range cap(ended) {
		if err := <-ended; err != nil {
			t.Errorf("two ran at once: %v", err)
		}
	}
}

func TestWhoWaitsForATurnCanLeave(t *testing.T) {
	started := pipe(t)
	c := New(Options{Program: script(t, "echo > "+started+"; exec sleep 1000")})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- c.Voice(ctx, "in", "out", 1) }()
	await(t, started) // from here on the turn is taken
	gone, leave := context.WithCancel(t.Context())
	leave()
	if err := c.Voice(gone, "in", "out", 1); !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("the one that had its turn ended with %v", err)
	}
}

// pipe is a pipe by whose opening a script says that it runs.
func pipe(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "pipe")
	if err := unix.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// await waits until a script has written to its pipe.
func await(t *testing.T, pipe string) {
	t.Helper()
	if _, err := os.ReadFile(pipe); err != nil {
		t.Fatal(err)
	}
}
