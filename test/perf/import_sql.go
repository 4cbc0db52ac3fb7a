package main

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/wasession/wasession/test/perf/figures"
)

// copySettings are those of the runtime's database during an import.
const copySettings = "?_pragma=auto_vacuum(INCREMENTAL)&_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)&_pragma=temp_store(MEMORY)" +
	"&_pragma=cache_size(-24576)&_pragma=journal_size_limit(16777216)&_pragma=wal_autocheckpoint(4096)"

// copied returns the processor time that SQLite takes to write all rows of an
// account's chats into a new database with the same tables and indexes, with
// INSERT … SELECT.
func (l *lab) copied(ctx context.Context, a *account) (time.Duration, error) {
	dir, err := l.folder("copied")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "chats.db")+copySettings)
	if err != nil {
		return 0, err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(ctx, `ATTACH ? AS source`, a.chatsFile()); err != nil {
		return 0, err
	}
	tables, err := copySchema(ctx, db)
	if err != nil {
		return 0, err
	}
	began := figures.SelfTime()
	for _, table := range tables {
		// Without a condition, SQLite copies the trees of tables and indexes
		// unchanged.
		if _, err := db.ExecContext(ctx, fmt.Sprintf(`INSERT INTO main.%q SELECT * FROM source.%q WHERE true`, table, table)); err != nil {
			return 0, fmt.Errorf("table %s: %w", table, err)
		}
	}
	return figures.SelfTime() - began, nil
}

// copySchema creates the tables and indexes of the attached database, and
// returns the tables.
func copySchema(ctx context.Context, db *sql.DB) (tables []string, err error) {
	rows, err := db.QueryContext(ctx, `SELECT type, name, sql FROM source.sqlite_schema
		WHERE sql IS NOT NULL AND type IN ('table', 'index') AND name NOT LIKE 'sqlite_%' ORDER BY type = 'index'`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var statements []string
	for rows.Next() {
		var kind, name, statement string
		if err := rows.Scan(&kind, &name, &statement); err != nil {
			return nil, err
		}
		statements = append(statements, statement)
		if kind == "table" {
			tables = append(tables, name)
		}
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	for _, statement := range statements {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return nil, err
		}
	}
	return tables, nil
}
