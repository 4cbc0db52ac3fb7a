package store

import (
	"fmt"
	"net/url"
	"path/filepath"
)

// busyTimeout is how long a connection waits for another, in milliseconds.
const busyTimeout = 10_000

// dsn returns the data source name of a file, with the settings for every
// connection. The path is escaped, so that it can contain a question mark.
func dsn(path string, q url.Values) string {
	q.Add("_pragma", pragma("busy_timeout", busyTimeout))
	u := url.URL{Scheme: "file", Path: filepath.ToSlash(path), RawQuery: q.Encode()}
	if !filepath.IsAbs(path) {
		u = url.URL{Scheme: "file", Opaque: url.PathEscape(path), RawQuery: q.Encode()}
	}
	return u.String()
}

func pragma(name string, value int) string { return fmt.Sprintf("%s(%d)", name, value) }
