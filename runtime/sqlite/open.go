package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"

	engine "modernc.org/sqlite"
)

// Open returns the database with the given data source name, as sql.Open does
// for the underlying driver. A running statement is not interrupted when its
// context ends: statements are short, and watching the context of each takes a
// goroutine.
func Open(dsn string) *sql.DB { return sql.OpenDB(connector{dsn, &engine.Driver{}}) }

type connector struct {
	dsn    string
	driver *engine.Driver
}

// Connect implements driver.Connector.
func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	opened, err := c.driver.Open(c.dsn)
	if err != nil {
		return nil, err
	}
	return newConn(opened.(connection)), nil
}

// Driver implements driver.Connector.
func (c connector) Driver() driver.Driver { return c.driver }
