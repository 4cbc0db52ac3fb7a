package pod

import (
	"mime"
	"strings"
	"unicode"
)

// attachment is a Content-Disposition that saves a file under the name that another
// one gives it.
func attachment(given string) string {
	name := ""
	if _, params, err := mime.ParseMediaType(given); err == nil {
		name = params["filename"]
	}
	name = strings.Map(func(r rune) rune {
		if r == '/' || r == '\\' || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar {
			return '_'
		}
		return r
	}, name)
	if name == "" {
		return "attachment"
	}
	if d := mime.FormatMediaType("attachment", map[string]string{"filename": name}); d != "" {
		return d
	}
	return "attachment"
}
