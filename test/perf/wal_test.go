package main

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"testing"
)

func TestPagesAreCountedExactly(t *testing.T) {
	ctx, dir := t.Context(), t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "accounts", "1"), 0o700); err != nil {
		t.Fatal(err)
	}
	chats, keys := database(t, filepath.Join(dir, "accounts", "1", "chats.db")), database(t, filepath.Join(dir, "device.db"))
	count, err := countPages(ctx, dir, func() error { return write(ctx, 1, chats, keys) })
	if err != nil {
		t.Fatal(err)
	}
	defer count.close()
	// The checkpoint after each commit would restart the logs without the
	// readers.
	if err := write(ctx, 100, chats); err != nil {
		t.Fatal(err)
	}
	if err := write(ctx, 10, keys); err != nil {
		t.Fatal(err)
	}
	// Each transaction changes one page in each of two tables.
	all, ofKeys, err := count.end()
	if err != nil || all != 220 || ofKeys != 20 {
		t.Errorf("%d pages, %d of them in the database of keys, %v; want 220 and 20", all, ofKeys, err)
	}
}

func TestALogThatStartsOverIsNoticed(t *testing.T) {
	ctx, dir := t.Context(), t.TempDir()
	keys := database(t, filepath.Join(dir, "device.db"))
	count, err := countPages(ctx, dir, func() error { return write(ctx, 1, keys) })
	if err != nil {
		t.Fatal(err)
	}
	if err := count.close(); err != nil { // the log is now free
		t.Fatal(err)
	}
	if err := write(ctx, 2, keys); err != nil {
		t.Fatal(err)
	}
	if all, _, err := count.end(); err == nil {
		t.Errorf("counted %d pages", all)
	}
}

// database creates a database with two tables that is checkpointed after each
// commit.
func database(t *testing.T, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(WAL)&_pragma=wal_autocheckpoint(1)")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(t.Context(), `CREATE TABLE a (n); CREATE TABLE b (n); INSERT INTO a VALUES (0); INSERT INTO b VALUES (0)`); err != nil {
		t.Fatal(err)
	}
	return db
}

func write(ctx context.Context, n int, dbs ...*sql.DB) error {
	for range n {
		for _, db := range dbs {
			if _, err := db.ExecContext(ctx, `BEGIN; UPDATE a SET n = n + 1; UPDATE b SET n = n + 1; COMMIT`); err != nil {
				return err
			}
		}
	}
	return nil
}
