package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/wasession/wasession/runtime/chat"
)

func TestOpenSaysWhatIsWrongWithAFile(t *testing.T) {
	foreign := func(t *testing.T, path string) {
		db := must(sql.Open("sqlite", path))(t)
		defer db.Close()
		if _, err := db.Exec("CREATE TABLE t (x)"); err != nil {
			t.Fatal(err)
		}
	}
	newer := func(t *testing.T, path string) {
		s := reopen(t, path, Options{})
		if _, err := s.conn.ExecContext(t.Context(), "PRAGMA user_version = 999"); err != nil {
			t.Fatal(err)
		}
	}
	text := func(t *testing.T, path string) {
		if err := os.WriteFile(path, bytes.Repeat([]byte("no database "), 500), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	damaged := func(t *testing.T, path string) {
		s := reopen(t, path, Options{})
		apply(t, s, received(alice, "A1", 100))
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		f := must(os.OpenFile(path, os.O_RDWR, 0))(t)
		defer f.Close()
		if _, err := f.WriteAt(bytes.Repeat([]byte{0xff}, 4000), 100); err != nil {
			t.Fatal(err)
		}
	}
	for name, test := range map[string]struct {
		make func(*testing.T, string)
		want error
		says string
	}{
		"another program's database": {foreign, ErrNotDatabase, "move it away"},
		"a newer version's":          {newer, ErrNewer, "schema 999"},
		"a text file":                {text, ErrNotDatabase, "move it away"},
		"a damaged one":              {damaged, ErrDamaged, "restore it from a backup"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "chats.db")
			test.make(t, path)
			_, err := Open(t.Context(), path, Options{})
			if !errors.Is(err, test.want) || !strings.Contains(err.Error(), test.says) || !strings.Contains(err.Error(), path) || strings.Contains(err.Error(), "\n") {
				t.Errorf("error is %v", err)
			}
		})
	}
	if _, err := Open(t.Context(), filepath.Join(t.TempDir(), "none", "chats.db"), Options{}); err == nil {
		t.Error("a missing directory is not an error")
	}
}

func TestPathsWithOddCharacters(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a b?c#d%41")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	reopen(t, filepath.Join(dir, "chats.db"), Options{})
	if _, err := os.Stat(filepath.Join(dir, "chats.db")); err != nil {
		t.Errorf("the file is elsewhere: %v", err)
	}
	t.Chdir(dir)
	reopen(t, "re?l.db", Options{})
	if _, err := os.Stat(filepath.Join(dir, "re?l.db")); err != nil {
		t.Errorf("the file is elsewhere: %v", err)
	}
}

// TestMigrationsFromEveryVersion starts at each earlier version and must reach
// the same schema.
func TestMigrationsFromEveryVersion(t *testing.T) {
	steps := must(migrations())(t)
	var want []string
	for from := range len(steps) + 1 {
		path := filepath.Join(t.TempDir(), "chats.db")
		db := must(sql.Open("sqlite", dsn(path, map[string][]string{"_txlock": {"immediate"}})))(t)
		if err := migrate(t.Context(), db, steps[:from]); err != nil {
			t.Fatal(err)
		}
		if from > 0 {
			if _, err := db.Exec(`INSERT INTO ids (id) VALUES ('kept@c.us')`); err != nil {
				t.Fatal(err)
			}
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		s := reopen(t, path, Options{})
		schema := must(collect(t.Context(), s.read, func(rows *sql.Rows) (text string, err error) {
			return text, rows.Scan(&text)
		}, `SELECT name || ' ' || COALESCE(sql, '') FROM sqlite_schema ORDER BY name`))(t)
		if want == nil {
			want = schema
		}
		if !slices.Equal(schema, want) {
			t.Errorf("from version %d the schema differs", from)
		}
		if _, err := lookup(t.Context(), s.read, "kept@c.us"); from > 0 && err != nil {
			t.Errorf("from version %d: %v", from, err)
		}
	}
}

func TestAFailedMigrationLeavesTheVersionBefore(t *testing.T) {
	steps := must(migrations())(t)
	path := filepath.Join(t.TempDir(), "chats.db")
	db := must(sql.Open("sqlite", dsn(path, map[string][]string{"_txlock": {"immediate"}})))(t)
	defer db.Close()
	bad := append(slices.Clone(steps[:1]), migration{"0002_bad.sql", "CREATE TABLE half (x); CREATE TABLE nonsense"})
	if err := migrate(t.Context(), db, bad); err == nil || !strings.Contains(err.Error(), "0002_bad.sql") {
		t.Errorf("error is %v", err)
	}
	var half, version int
	if err := db.QueryRow(`SELECT (SELECT count(*) FROM sqlite_schema WHERE name = 'half'), (SELECT user_version FROM pragma_user_version)`).
		Scan(&half, &version); err != nil || half != 0 || version != 1 {
		t.Errorf("half %d, version %d, %v", half, version, err)
	}
	if err := migrate(t.Context(), db, steps); err != nil {
		t.Errorf("the right one after it: %v", err)
	}
}

func TestWhatIsAppliedIsThereAfterReopening(t *testing.T) {
	path := filepath.Join(t.TempDir(), "chats.db")
	s := reopen(t, path, Options{})
	apply(t, s, received(alice, "A1", 100))
	if err := s.Import(t.Context(), []chat.HistoryChat{historyOf(chat.Chat{ID: bob}, "B1")}); err != nil {
		t.Fatal(err)
	}
	ids := must(s.EventsFrom(t.Context(), 0, 0))(t)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path + "-wal"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("closing left a WAL: %v", err)
	}
	s = reopen(t, path, Options{})
	if got := idsOf(t, s, chat.ChatQuery{}); len(got) != 2 {
		t.Errorf("chats %v", got)
	}
	apply(t, s, received(alice, "A2", 200))
	all := must(s.EventsFrom(t.Context(), 0, 0))(t)
	if len(all) != 4 || all[2].ID <= ids[1].ID {
		t.Errorf("events %v", all)
	}
}

func TestReadersCannotWrite(t *testing.T) {
	s := open(t, Options{})
	if _, err := s.readers.Exec(`DELETE FROM chats`); err == nil {
		t.Error("a reader wrote")
	}
}

func TestContextsEndWaiting(t *testing.T) {
	s := open(t, Options{})
	s.writing <- struct{}{} // as if a write were running
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Apply(ctx, received(alice, "A1", 100)) }()
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
	<-s.writing
}

func TestLockNamesWhoHasIt(t *testing.T) {
	dir := t.TempDir()
	unlock := must(Lock(dir))(t)
	_, err := Lock(dir)
	var locked *LockedError
	if !errors.As(err, &locked) || !strings.Contains(err.Error(), dir) || locked.PID == "" {
		t.Errorf("error is %v", err)
	}
	if err := unlock(); err != nil {
		t.Fatal(err)
	}
	again := must(Lock(dir))(t)
	if err := again(); err != nil {
		t.Error(err)
	}
	if _, err := Lock(filepath.Join(dir, "none")); err == nil || errors.As(err, &locked) && locked.Dir != dir {
		t.Errorf("a missing directory: %v", err)
	}
}
