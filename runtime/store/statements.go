package store

import (
	"context"
	"database/sql"
	"sync"
)

// maxStatements bounds the compiled statements of a pool, per connection. A
// session's daily work needs fewer; once the bound is reached, new statements
// are compiled each time.
const maxStatements = 128

// database is what statements are compiled for: a pool or one connection.
type database interface {
	queryer
	PrepareContext(ctx context.Context, query string) (*sql.Stmt, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// statements runs statements and keeps them compiled, since compiling one takes
// longer than running most of them. Only close removes a statement.
type statements struct {
	on   database
	mu   sync.RWMutex
	kept map[string]*sql.Stmt
	// closed is set once nothing is cached any more.
	closed bool
}

func newStatements(on database) *statements {
	return &statements{on: on, kept: map[string]*sql.Stmt{}}
}

// prepared returns the prepared statement of a query, or nil if preparing
// fails: the query then runs unprepared, and reports the error.
func (s *statements) prepared(ctx context.Context, query string) *sql.Stmt {
	s.mu.RLock()
	stmt, full := s.kept[query], s.closed || len(s.kept) >= maxStatements
	s.mu.RUnlock()
	if stmt != nil || full {
		return stmt
	}
	made, err := s.on.PrepareContext(ctx, query)
	if err != nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if stmt := s.kept[query]; stmt != nil || s.closed || len(s.kept) >= maxStatements {
		defer made.Close() // another was faster; this one has not been used
		return stmt
	}
	s.kept[query] = made
	return made
}

// QueryContext implements queryer.
func (s *statements) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if stmt := s.prepared(ctx, query); stmt != nil { //nolint:sqlclosecheck // kept until close
		return stmt.QueryContext(ctx, args...)
	}
	return s.on.QueryContext(ctx, query, args...)
}

// QueryRowContext reads one row.
func (s *statements) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	if stmt := s.prepared(ctx, query); stmt != nil { //nolint:sqlclosecheck // kept until close
		return stmt.QueryRowContext(ctx, args...)
	}
	return s.on.QueryRowContext(ctx, query, args...)
}

// ExecContext runs a statement that returns no rows.
func (s *statements) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if stmt := s.prepared(ctx, query); stmt != nil { //nolint:sqlclosecheck // kept until close
		return stmt.ExecContext(ctx, args...)
	}
	return s.on.ExecContext(ctx, query, args...)
}

// close closes all statements, waiting for those that are running.
func (s *statements) close() error {
	s.mu.Lock()
	kept := s.kept
	s.kept, s.closed = nil, true
	s.mu.Unlock()
	var first error
	for _, stmt := range kept {
		if err := stmt.Close(); err != nil && first == nil {
			first = err
		}
	}
	return first
}
