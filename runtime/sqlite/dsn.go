package sqlite

import (
	"net/url"
	"path/filepath"
)

// DSN returns the data source name of a file. The path is escaped, so that it can
// contain a question mark or a number sign.
func DSN(path string, q url.Values) string {
	u := url.URL{Scheme: "file", Path: filepath.ToSlash(path), RawQuery: q.Encode()}
	if !filepath.IsAbs(path) {
		u = url.URL{Scheme: "file", Opaque: url.PathEscape(path), RawQuery: q.Encode()}
	}
	return u.String()
}
