package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"path"
)

//go:embed schema/*.sql
var schemaFiles embed.FS

// applicationID marks our files among SQLite databases ("wasn").
const applicationID = 0x7761736e

// migration is one step of the schema; its index is its version.
type migration struct{ name, sql string }

// migrations returns the embedded files in the order of their numbers.
func migrations() ([]migration, error) {
	names, err := fs.Glob(schemaFiles, "schema/*.sql") // sorted
	if err != nil {
		return nil, err
	}
	var all []migration
	for i, name := range names {
		base := path.Base(name)
		if want := fmt.Sprintf("%04d_", i+1); len(base) < 5 || base[:5] != want {
			return nil, fmt.Errorf("schema file %s must be number %d", base, i+1)
		}
		text, err := schemaFiles.ReadFile(name)
		if err != nil {
			return nil, err
		}
		all = append(all, migration{base, string(text)})
	}
	return all, nil
}

// migrate updates the schema, each step in its own transaction.
func migrate(ctx context.Context, db *sql.DB, steps []migration) error {
	var version, app, tables int
	err := db.QueryRowContext(ctx, `SELECT (SELECT user_version FROM pragma_user_version),
		(SELECT application_id FROM pragma_application_id), (SELECT count(*) FROM sqlite_schema)`).Scan(&version, &app, &tables)
	switch {
	case err != nil:
		return err
	case tables > 0 && app != applicationID:
		return ErrNotDatabase
	case version > len(steps):
		return fmt.Errorf("%w (schema %d, this version supports up to %d)", ErrNewer, version, len(steps))
	}
	for n := version; n < len(steps); n++ {
		if err := step(ctx, db, steps[n], n+1); err != nil {
			return fmt.Errorf("schema %s: %w", steps[n].name, err)
		}
	}
	return nil
}

func step(ctx context.Context, db *sql.DB, m migration, version int) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // does nothing after Commit
	if _, err := tx.ExecContext(ctx, m.sql); err != nil {
		return err
	}
	marks := fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d", applicationID, version)
	if _, err := tx.ExecContext(ctx, marks); err != nil {
		return err
	}
	return tx.Commit()
}
