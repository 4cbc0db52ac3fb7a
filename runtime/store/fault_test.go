package store

import (
	"errors"
	"fmt"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/wasession/wasession/runtime/chat"
)

// limitFiles makes every write beyond a file size fail, in the whole process,
// until lift is called.
func limitFiles(t *testing.T, size uint64) (lift func()) {
	t.Helper()
	var before unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_FSIZE, &before); err != nil {
		t.Fatal(err)
	}
	signal.Ignore(syscall.SIGXFSZ) // the error is enough
	limited := before
	limited.Cur = size
	if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &limited); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &before); err != nil {
			t.Fatal(err)
		}
		signal.Reset(syscall.SIGXFSZ)
	}
}

// A failed write of any kind loses nothing that was committed and damages
// nothing. Once writes work again, so does the same store.
func TestAnyWriteMayFail(t *testing.T) {
	const page = 4096
	failures := 0
	for n := uint64(0); n < 40; n += 3 {
		path := filepath.Join(t.TempDir(), "chats.db")
		s, err := Open(t.Context(), path, Options{Encode: whole})
		if err != nil {
			t.Fatal(err)
		}
		must(s.Webhook(t.Context(), "a"))(t)
		apply(t, s, received(bob, "BEFORE", 1))
		committed := map[string]bool{"BEFORE": true}
		write := func(stanza string, i int) error {
			// Texts, edits, revocations and history, so that each kind of write
			// fails once.
			var err error
			switch i % 4 {
			case 1:
				e := received(bob, "E"+stanza, int64(10+i))
				err = s.Apply(t.Context(), chat.Edited{Message: e.Message, Target: "BEFORE"})
				return err
			case 2:
				err = s.Import(t.Context(), []chat.HistoryChat{{Chat: chat.Chat{ID: alice}, Messages: []chat.Message{received(alice, stanza, 5).Message}}})
				if err == nil {
					err = s.ImportDone(t.Context())
				}
			default:
				err = s.Apply(t.Context(), received(bob, stanza, int64(10+i)))
			}
			if err == nil {
				committed[stanza] = true
			}
			return err
		}
		lift := limitFiles(t, uint64(s.Stats().WAL)+n*page)
		for i := range 40 {
			if err := write(fmt.Sprint("M", i), i); err != nil {
				failures++
				if errors.Is(err, chat.ErrUnstorable) {
					t.Errorf("a failing disk is reported as a message that cannot be stored: %v", err)
				}
				break
			}
		}
		lift()
		if err := write("AFTER", 0); err != nil {
			t.Fatalf("after a failure at page %d it does not write again: %v", n, err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		s = reopen(t, path, Options{Encode: whole})
		have := map[string]bool{}
		for _, m := range must(s.Messages(t.Context(), chat.MessageQuery{}))(t) {
			have[m.Stanza] = true
		}
		for stanza := range committed {
			if !have[stanza] {
				t.Errorf("with a failure at page %d the message %s is lost", n, stanza)
			}
		}
		var sound string
		if err := s.read.QueryRowContext(t.Context(), `PRAGMA integrity_check`).Scan(&sound); err != nil || sound != "ok" {
			t.Errorf("with a failure at page %d the database is %q, %v", n, sound, err)
		}
	}
	if failures < 5 {
		t.Errorf("only %d writes failed: nothing was tested", failures)
	}
}

// What an import has pending may fail to be committed by somebody else's write. The
// import hears of it before it goes on, or is finished without what was lost.
func TestAnImportHearsOfALossInAnotherWrite(t *testing.T) {
	s := open(t, Options{})
	apply(t, s, chat.HistoryAnnounced{Stanza: "H", Notice: []byte("n")}, received(bob, "BEFORE", 1))
	job := must(s.NextHistoryJob(t.Context()))(t)
	batch := func(stanza string) []chat.HistoryChat {
		return []chat.HistoryChat{{Chat: chat.Chat{ID: alice}, Messages: []chat.Message{received(alice, stanza, 5).Message}}}
	}
	for name, next := range map[string]func() error{
		"the next batch": func() error { return s.Import(t.Context(), batch("H2")) },
		"its progress":   func() error { return s.SaveHistoryProgress(t.Context(), job.ID, 2) },
		"its end":        func() error { return s.FinishHistoryJob(t.Context(), job.ID) },
	} {
		if err := errors.Join(s.Import(t.Context(), batch("H1")), s.SaveHistoryProgress(t.Context(), job.ID, 1)); err != nil {
			t.Fatal(err)
		}
		lift := limitFiles(t, uint64(s.Stats().WAL))
		err := s.Apply(t.Context(), received(bob, "LIVE", 10))
		lift()
		if err == nil {
			t.Fatal("the disk did not fail")
		}
		if err := next(); err == nil || errors.Is(err, chat.ErrUnstorable) {
			t.Errorf("%s after a loss: %v", name, err)
		}
		if again := must(s.NextHistoryJob(t.Context()))(t); again.ID != job.ID || again.Progress != 0 {
			t.Errorf("%s: the job is %+v, want it from the start", name, again)
		}
	}
	if err := errors.Join(s.Import(t.Context(), batch("H1")), s.Import(t.Context(), batch("H2")), s.FinishHistoryJob(t.Context(), job.ID)); err != nil {
		t.Fatal(err)
	}
	if got := stanzasOf(t, s, chat.MessageQuery{Chat: alice}); len(got) != 2 {
		t.Errorf("imported are %v", got)
	}
}
