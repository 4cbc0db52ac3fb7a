package convert

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
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
	for _, want := range []string{"-protocol_whitelist file", "-format_whitelist ogg,", "-i file:/in/-x", "-fs 1000", "-nostdin", "memory 65536, core 0"} {
		if !strings.Contains(string(said), want) {
			t.Errorf("ffmpeg was not told %q: %s", want, said)
		}
	}
	if strings.Contains(string(said), "hush") {
		t.Error("ffmpeg knows the API key")
	}
}

func TestAConversionEnds(t *testing.T) {
	slow := script(t, "exec sleep 1000")
	if err := New(Options{Program: slow, Patience: 50 * time.Millisecond}).Voice(t.Context(), "in", "out", 1); !errors.Is(err, ErrTooLong) {
		t.Errorf("with a time limit: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	if err := New(Options{Program: slow}).Voice(ctx, "in", "out", 1); !errors.Is(err, context.Canceled) {
		t.Errorf("for a caller that is gone: %v", err)
	}
}

func TestOthersWaitForTheirTurn(t *testing.T) {
	started := filepath.Join(t.TempDir(), "started")
	c := New(Options{Program: script(t, "echo >> "+started+"; exec sleep 1000")})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 2)
	for range 2 {
		go func() { ended <- c.Voice(ctx, "in", "out", 1) }()
	}
	for {
		if _, err := os.Stat(started); err == nil {
			break
		}
		time.Sleep(time.Millisecond)
	}
	cancel()
	for range 2 {
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("error is %v", err)
		}
	}
	if runs, _ := os.ReadFile(started); len(runs) != 1 {
		t.Errorf("%d ran at once", len(runs))
	}
}
