package content

import "unicode/utf8"

// MaxName is the maximum length of names that others choose, in bytes. WhatsApp's
// own limits are lower, but only the sender's client enforces them.
const MaxName = 1 << 10

// Shortened truncates a text to at most n bytes of whole characters.
func Shortened(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
