package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
)

// connection is what the underlying driver's connections can do.
type connection interface {
	driver.Conn
	driver.ConnPrepareContext
	driver.ConnBeginTx
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// maxKept is the maximum number of compiled statements per connection. When it
// is reached, one of them makes room: statements in frequent use come back.
const maxKept = 128

// conn is a connection that keeps its statements compiled. database/sql uses a
// connection from one goroutine at a time.
type conn struct {
	connection
	// kept are the statements that are not in use, by their text.
	kept map[string]statement
}

// statement is what the underlying driver's statements can do.
type statement interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

func newConn(c connection) *conn { return &conn{connection: c, kept: map[string]statement{}} }

// take returns a compiled statement that nobody else uses until it is kept again.
func (c *conn) take(ctx context.Context, query string) (statement, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if s, ok := c.kept[query]; ok {
		delete(c.kept, query)
		return s, nil
	}
	s, err := c.connection.PrepareContext(context.WithoutCancel(ctx), query)
	if err != nil {
		return nil, err
	}
	return s.(statement), nil
}

// keep makes a statement available again. Of two with the same text, which exist
// if one was in use when the other was needed, one is closed.
func (c *conn) keep(query string, s statement) error {
	if _, ok := c.kept[query]; ok {
		return s.Close()
	}
	var err error
	if len(c.kept) >= maxKept {
		for other, spare := range c.kept {
			delete(c.kept, other)
			err = spare.Close()
			break
		}
	}
	c.kept[query] = s
	return err
}

// ExecContext implements driver.ExecerContext.
func (c *conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	s, err := c.take(ctx, query)
	if err != nil {
		return nil, err
	}
	result, err := s.ExecContext(context.WithoutCancel(ctx), args)
	return result, errors.Join(err, c.keep(query, s))
}

// QueryContext implements driver.QueryerContext.
func (c *conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	s, err := c.take(ctx, query)
	if err != nil {
		return nil, err
	}
	found, err := s.QueryContext(context.WithoutCancel(ctx), args)
	if err != nil {
		return nil, errors.Join(err, c.keep(query, s))
	}
	return &rows{Rows: found, close: func() error { return c.keep(query, s) }}, nil
}

// rows keeps the statement again once it is read.
type rows struct {
	driver.Rows
	close func() error
}

// Close implements driver.Rows.
func (r *rows) Close() error {
	return errors.Join(r.Rows.Close(), r.close())
}

// Close implements driver.Conn.
func (c *conn) Close() error {
	var errs []error
	for _, s := range c.kept {
		errs = append(errs, s.Close())
	}
	clear(c.kept)
	return errors.Join(append(errs, c.connection.Close())...)
}
