package store

import (
	"database/sql"
	"errors"
	"fmt"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/volume"
)

// Errors about a database file. Errors of Open wrap one of these in a sentence
// with the path.
var (
	// ErrDamaged means that the file is corrupt.
	ErrDamaged = errors.New("the database is damaged")
	// ErrNewer means that a newer version of the product wrote the file.
	ErrNewer = errors.New("the database was written by a newer version")
	// ErrClosed means that the store has been closed, or is closing.
	ErrClosed = errors.New("the store is closed")
	// ErrNotDatabase means that the file is not a chat database.
	ErrNotDatabase = errors.New("the file is not a wasession chat database")
)

// fileError adds the path, and what to do, to the errors above.
func fileError(path string, err error) error {
	err = classify(err)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, ErrDamaged):
		return fmt.Errorf("%s: %w: restore it from a backup, or delete it to start over from WhatsApp's history", path, err)
	case errors.Is(err, ErrNewer):
		return fmt.Errorf("%s: %w: run that version, or restore a backup from before the upgrade", path, err)
	case errors.Is(err, ErrNotDatabase):
		return fmt.Errorf("%s: %w: move it away, or use another data directory", path, err)
	}
	return fmt.Errorf("open %s: %w", path, err)
}

// classify translates SQLite's errors about the file into ours.
func classify(err error) error {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		if err != nil && err.Error() == "sql: database is closed" || errors.Is(err, sql.ErrConnDone) {
			return ErrClosed
		}
		return err
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_FULL:
		return fmt.Errorf("%w: %w", volume.ErrFull, err)
	case sqlite3.SQLITE_CORRUPT:
		return fmt.Errorf("%w (%s)", ErrDamaged, e)
	case sqlite3.SQLITE_NOTADB:
		return fmt.Errorf("%w (%s)", ErrNotDatabase, e)
	case sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_TOOBIG, sqlite3.SQLITE_MISMATCH, sqlite3.SQLITE_RANGE:
		return fmt.Errorf("%w: %w", chat.ErrUnstorable, err)
	}
	return err
}
