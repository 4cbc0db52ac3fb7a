package store

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestASyncThatFailsIsLogged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "chats.db")
	if err := os.Mkdir(path+"-wal", 0o700); err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		y := newSyncer(path, slog.New(slog.NewTextHandler(&log, nil)))
		for range 100 { // none of these blocks
			y.committed()
		}
		time.Sleep(2 * syncDelay)
		y.close()
		if got := log.String(); !strings.Contains(got, "power failure") || strings.Count(got, "\n") > 2 {
			t.Errorf("log:\n%s", got)
		}
	})
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
	synctest.Test(t, func(t *testing.T) {
		y := newSyncer(filepath.Join(t.TempDir(), "chats.db"), slog.New(slog.DiscardHandler))
		y.committed()
		synctest.Wait() // it waits for others to come
		began := time.Now()
		y.close()
		if took := time.Since(began); took > 0 {
			t.Errorf("took %s", took)
		}
	})
}
