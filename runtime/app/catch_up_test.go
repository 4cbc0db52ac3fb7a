package app

import (
	"context"
	"errors"
	"net/http"
	"path/filepath"
	"testing"

	v1 "github.com/wasession/wasession/api/runtime/v1"
)

// A file that changes while the session starts, before it is watched, is loaded
// all the same.
func TestAChangeDuringTheStart(t *testing.T) {
	w := newWorld(t, v1.Config{})
	dir := t.TempDir()
	w.write(filepath.Join(dir, v1.APIKeyFile), "first")
	w.opts.Keys = Keys{Dir: dir}
	l := w.listen()
	a, err := Open(w.ctx, w.opts)
	if err != nil {
		t.Fatal(err)
	}
	hash := w.configure(v1.Config{Session: "test", Metadata: map[string]string{"n": "2"}})
	w.write(filepath.Join(dir, v1.APIKeyFile), secret)
	ctx, stop := context.WithCancel(w.ctx)
	ended := make(chan error, 1)
	go func() { ended <- a.Serve(ctx, l) }()
	w.await("the new key", func() bool { return w.get("/api/sessions/test", nil) == http.StatusOK })
	if s := a.Session.Status(); s.ConfigHash != hash || a.config().Metadata["n"] != "2" {
		t.Errorf("in use is %s, want %s", s.ConfigHash, hash)
	}
	if code := w.call(http.MethodGet, "/api/sessions/test", "first", nil); code != http.StatusUnauthorized {
		t.Errorf("with the revoked key: %d", code)
	}
	stop()
	if err := errors.Join(<-ended, a.Close()); err != nil {
		t.Error(err)
	}
}
