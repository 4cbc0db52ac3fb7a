package process

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"
)

func TestEnvironmentTellsNoSecret(t *testing.T) {
	t.Setenv("GOMEMLIMIT", "64MiB")
	t.Setenv("HTTPS_PROXY", "http://user:hush@proxy")
	got := Environment()
	if got["GOMEMLIMIT"] != "64MiB" {
		t.Errorf("environment is %v", got)
	}
	for name, value := range got {
		if name == "HTTPS_PROXY" || value == "http://user:hush@proxy" {
			t.Errorf("%s is told", name)
		}
	}
}

// A second profile is refused, and does not end the first.
func TestProfiles(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	first := make(chan error, 1)
	go func() {
		err := ErrProfiling
		for errors.Is(err, ErrProfiling) {
			_, err = CPU(ctx, MaxProfile)
		}
		first <- err
	}()
	var err error
	for !errors.Is(err, ErrProfiling) { // until the first has begun
		if _, err = CPU(t.Context(), 0); err != nil && !errors.Is(err, ErrProfiling) {
			t.Fatal(err)
		}
	}
	cancel()
	if err := <-first; !errors.Is(err, context.Canceled) {
		t.Errorf("the profile that was given up: %v", err)
	}
	packed := []byte{0x1f, 0x8b} // profiles are gzip files
	if profile, err := CPU(t.Context(), time.Millisecond); err != nil || !bytes.HasPrefix(profile, packed) {
		t.Errorf("a profile after it: %d bytes, %v", len(profile), err)
	}
	if profile, err := Heap(); err != nil || !bytes.HasPrefix(profile, packed) {
		t.Errorf("memory: %d bytes, %v", len(profile), err)
	}
}
