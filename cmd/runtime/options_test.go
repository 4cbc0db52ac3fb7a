package main

import (
	"strings"
	"testing"
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
)

func TestWhenTheProcessCrashed(t *testing.T) {
	env := map[string]string{}
	read := func() (options, error) {
		return parse([]string{"--data", t.TempDir()}, func(name string) string { return env[name] })
	}
	if o, err := read(); err != nil || o.CrashedAt != nil {
		t.Errorf("never: %v, %v", o.CrashedAt, err)
	}
	at := time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)
	env[v1.EnvCrashedAt] = at.Format(time.RFC3339Nano)
	if o, err := read(); err != nil || o.CrashedAt == nil || !o.CrashedAt.Equal(at) {
		t.Errorf("%v, %v", o.CrashedAt, err)
	}
	env[v1.EnvCrashedAt] = "yesterday"
	if _, err := read(); err == nil || !strings.Contains(err.Error(), v1.EnvCrashedAt) {
		t.Errorf("nonsense: %v", err)
	}
}
