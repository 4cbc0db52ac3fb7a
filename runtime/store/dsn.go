package store

import (
	"fmt"
	"net/url"

	"github.com/wasession/wasession/runtime/sqlite"
)

// busyTimeout is how long a connection waits for another, in milliseconds.
const busyTimeout = 10_000

// dsn returns the data source name of a file, with the settings for every
// connection.
func dsn(path string, q url.Values) string {
	q.Add("_pragma", pragma("busy_timeout", busyTimeout))
	return sqlite.DSN(path, q)
}

func pragma(name string, value int) string { return fmt.Sprintf("%s(%d)", name, value) }
