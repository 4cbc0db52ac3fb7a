package httpapi

import (
	"mime"
	"strings"
	"unicode"
)

// disposition is the Content-Disposition of a file, with the sender's file name if
// there is one, stripped of anything that looks like a path.
func disposition(f file) string {
	name := f.name
	if f.original != "" {
		name = strings.Map(func(r rune) rune {
			if r == '/' || r == '\\' || unicode.IsControl(r) || r == unicode.ReplacementChar {
				return '_'
			}
			return r
		}, f.original)
	}
	kind := "attachment"
	if shown.MatchString(f.MIMEType) {
		kind = "inline"
	}
	if d := mime.FormatMediaType(kind, map[string]string{"filename": name}); d != "" {
		return d
	}
	return kind
}
