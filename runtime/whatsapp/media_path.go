package whatsapp

import (
	"net/url"
	"strings"
)

// mediaHost is the host of WhatsApp's files.
const mediaHost = "mmg.whatsapp.net"

// maxDirectPath is the maximum length of a media path in bytes. WhatsApp's own
// are shorter.
const maxDirectPath = 2 << 10

// sound reports whether a media path, which the sender chose, is a plain path:
// appended to a host name it still leads to that host. A request with any other
// would be retried for many seconds before it failed.
func sound(path string) bool {
	if len(path) > maxDirectPath || !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") {
		return false
	}
	u, err := url.Parse("https://" + mediaHost + path)
	return err == nil && u.Host == mediaHost && u.User == nil && u.Fragment == ""
}
