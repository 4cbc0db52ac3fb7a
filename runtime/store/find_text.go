package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"strings"

	"modernc.org/sqlite"
)

// holdsText is an SQL function: whether a text contains another one, which is in
// lower case. SQLite's own LIKE knows the case of ASCII letters only.
const holdsText = "holds_text"

// openReaders returns a pool whose connections have holdsText.
func openReaders(dsn string) (*sql.DB, error) {
	c := connector{dsn, &sqlite.Driver{}}
	err := c.driver.RegisterDeterministicScalarFunction(holdsText, 2, func(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
		text, _ := args[0].(string)
		part, _ := args[1].(string)
		return strings.Contains(strings.ToLower(text), part), nil
	})
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(c), nil
}

// connector opens connections of a driver that is not registered.
type connector struct {
	dsn    string
	driver *sqlite.Driver
}

// Connect implements driver.Connector.
func (c connector) Connect(context.Context) (driver.Conn, error) { return c.driver.Open(c.dsn) }

// Driver implements driver.Connector.
func (c connector) Driver() driver.Driver { return c.driver }

// beginFinding waits until no other search for a text runs.
func (s *Store) beginFinding(ctx context.Context) error {
	select {
	case s.finding <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *Store) endFinding() { <-s.finding }
