package whatsapp

import (
	"net/url"
	"strings"
)

// maxDirectPath is longer than any path that WhatsApp makes, in bytes.
const maxDirectPath = 2 << 10

// sound says whether a media path, as a sender wrote it, is one of a server:
// put behind a host it still leads to that host. One that is not would be tried
// again for many seconds before it failed.
func sound(path string) bool {
	if len(path) > maxDirectPath || !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") {
		return false
	}
	const host = "mmg.whatsapp.net"
	u, err := url.Parse("https://" + host + path)
	return err == nil && u.Host == host && u.User == nil && u.Fragment == ""
}
