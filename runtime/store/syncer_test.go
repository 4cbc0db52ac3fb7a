package store

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// lateLog is a log that can be read while it is being written.
type lateLog struct {
	mu    sync.Mutex
	buf   bytes.Buffer
	wrote chan struct{}
}

func (l *lateLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case l.wrote <- struct{}{}:
	default:
	}
	return l.buf.Write(p)
}

func (l *lateLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

func TestASyncThatFailsIsLogged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "chats.db")
	if err := os.Mkdir(path+"-wal", 0o700); err != nil {
		t.Fatal(err)
	}
	log := &lateLog{wrote: make(chan struct{}, 1)}
	y := newSyncer(path, slog.New(slog.NewTextHandler(log, nil)))
	for range 100 { // none of these blocks
		y.committed()
	}
	select {
	case <-log.wrote:
	case <-time.After(time.Minute):
		t.Fatal("no sync was attempted")
	}
	y.close()
	if got := log.String(); !strings.Contains(got, "power failure") || strings.Count(got, "\n") > 2 {
		t.Errorf("log:\n%s", got)
	}
}

func TestSyncFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	if err := syncFile(path); err != nil {
		t.Errorf("a missing log: %v", err)
	}
	if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := syncFile(path); err != nil {
		t.Error(err)
	}
}

func TestACommitWakesTheSyncer(t *testing.T) {
	s := open(t, Options{})
	s.syncer.close()
	apply(t, s, received(alice, "A1", 100))
	select {
	case <-s.syncer.wake:
	default:
		t.Error("the commit would not be synced")
	}
}

func TestClosingEndsTheSyncerAtOnce(t *testing.T) {
	y := newSyncer(filepath.Join(t.TempDir(), "chats.db"), slog.New(slog.DiscardHandler))
	y.committed()
	began := time.Now()
	y.close()
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("took %s", took)
	}
}
