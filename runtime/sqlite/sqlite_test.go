package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

func open(t *testing.T, connections int) *sql.DB {
	t.Helper()
	db := Open(DSN(filepath.Join(t.TempDir(), "test.db"), url.Values{"_pragma": {"journal_mode(WAL)", "busy_timeout(10000)"}, "_txlock": {"immediate"}}))
	db.SetMaxOpenConns(connections)
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	must(t, db, `CREATE TABLE words (id INTEGER PRIMARY KEY, word TEXT NOT NULL UNIQUE)`)
	return db
}

func must(t *testing.T, db *sql.DB, query string, args ...any) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), query, args...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

// kept returns how many statements the only connection keeps.
func kept(t *testing.T, db *sql.DB) (n int) {
	t.Helper()
	c, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Raw(func(driver any) error {
		n = len(driver.(*conn).kept)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestAStatementIsKept(t *testing.T) {
	db := open(t, 1)
	before := kept(t, db)
	for i := range 10 {
		must(t, db, `INSERT INTO words (word) VALUES (?)`, fmt.Sprint(i))
	}
	if n := kept(t, db) - before; n != 1 {
		t.Errorf("%d statements are kept of one that ran 10 times", n)
	}
}

// A statement that is being read can be used again within: a second one is
// compiled for that, and closed afterwards.
func TestAStatementWithinItself(t *testing.T) {
	db := open(t, 1)
	for _, word := range []string{"a", "b", "c"} {
		must(t, db, `INSERT INTO words (word) VALUES (?)`, word)
	}
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	var pairs []string
	var read func(prefix string, depth int)
	read = func(prefix string, depth int) {
		rows, err := tx.QueryContext(t.Context(), `SELECT word FROM words ORDER BY id`)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		for rows.Next() {
			var word string
			if err := rows.Scan(&word); err != nil {
				t.Fatal(err)
			}
			if depth == 0 {
				pairs = append(pairs, prefix+word)
			} else {
				read(prefix+word, depth-1)
			}
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
	}
	read("", 1)
	if got, want := fmt.Sprint(pairs), "[aa ab ac ba bb bc ca cb cc]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestAFailedStatementCanRunAgain(t *testing.T) {
	db := open(t, 1)
	const insert = `INSERT INTO words (word) VALUES (?)`
	must(t, db, insert, "once")
	if _, err := db.ExecContext(t.Context(), insert, "once"); err == nil {
		t.Fatal("the word was inserted twice")
	}
	must(t, db, insert, "other")
	if _, err := db.ExecContext(t.Context(), `SELEKT`); err == nil {
		t.Error("invalid SQL succeeded")
	}
}

// The texts of statements may differ on each call, as lists of values do.
func TestStatementsAreBounded(t *testing.T) {
	db := open(t, 1)
	for i := range 3 * maxKept {
		must(t, db, fmt.Sprintf(`INSERT INTO words (word) VALUES ('%d')`, i))
	}
	if n := kept(t, db); n > maxKept {
		t.Errorf("%d statements are kept, want at most %d", n, maxKept)
	}
}

// A table that is changed or replaced does not confuse a kept statement.
func TestAKeptStatementAfterASchemaChange(t *testing.T) {
	db := open(t, 1)
	must(t, db, `INSERT INTO words (word) VALUES ('a')`)
	read := func() (columns int) {
		rows, err := db.QueryContext(t.Context(), `SELECT * FROM words`)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		names, err := rows.Columns()
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() { //nolint:revive // read to the end
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		return len(names)
	}
	if n := read(); n != 2 {
		t.Fatalf("%d columns, want 2", n)
	}
	must(t, db, `ALTER TABLE words ADD COLUMN language TEXT`)
	if n := read(); n != 3 {
		t.Errorf("%d columns after one was added, want 3", n)
	}
}

func TestAnEndedContext(t *testing.T) {
	db := open(t, 1)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := db.ExecContext(ctx, `INSERT INTO words (word) VALUES ('late')`); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	var n int
	if err := db.QueryRowContext(t.Context(), `SELECT count(*) FROM words`).Scan(&n); err != nil || n != 0 {
		t.Errorf("%d words, %v", n, err)
	}
}

func TestManyConnectionsAtOnce(t *testing.T) {
	db := open(t, 4)
	var all sync.WaitGroup
	for w := range 8 {
		all.Go(func() {
			for i := range 50 {
				if _, err := db.ExecContext(t.Context(), `INSERT INTO words (word) VALUES (?)`, fmt.Sprint(w, "-", i)); err != nil {
					t.Error(err)
					return
				}
				var word string
				if err := db.QueryRowContext(t.Context(), `SELECT word FROM words WHERE word = ?`, fmt.Sprint(w, "-", i)).Scan(&word); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	var n int
	if err := db.QueryRowContext(t.Context(), `SELECT count(*) FROM words`).Scan(&n); err != nil || n != 400 {
		t.Errorf("%d words, %v; want 400", n, err)
	}
}

// The file is the one that the path names, whatever is in it.
func TestNamesOfFiles(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, name := range []string{"plain.db", "a b.db", "why?.db", "no. #1.db", "100%25.db", "?a=b#c.db"} {
		for _, path := range []string{name, filepath.Join(t.TempDir(), name)} {
			db := Open(DSN(path, nil))
			if _, err := db.ExecContext(t.Context(), `CREATE TABLE t (x)`); err != nil {
				t.Errorf("%s: %v", path, err)
			}
			if err := db.Close(); err != nil {
				t.Error(err)
			}
			if _, err := os.Stat(path); err != nil {
				t.Errorf("%s: %v", path, err)
			}
		}
	}
}
