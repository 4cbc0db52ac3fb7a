package content

import "unicode/utf8"

// MaxName bounds names that others choose, in bytes. WhatsApp's own limits are
// lower, but it is the sender's client that keeps them.
const MaxName = 1 << 10

// Shortened is at most the first n bytes of a text, whole characters.
func Shortened(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
