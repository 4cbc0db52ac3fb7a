package httpapi

import (
	"net/http"
	"strings"

	"github.com/wasession/wasession/api/chathttp"
)

// acceptsGzip says whether a client wants gzip, at least as much as no compression.
func acceptsGzip(h http.Header) bool {
	const unnamed = -1.0
	gzip, others, identity := unnamed, unnamed, 0.0
	for _, part := range strings.Split(strings.Join(h.Values("Accept-Encoding"), ","), ",") {
		switch name, q := chathttp.Weighed(part); name {
		case "gzip", "x-gzip":
			gzip = max(gzip, q)
		case "identity":
			identity = q
		case "*":
			others = q
		}
	}
	if gzip == unnamed {
		gzip = others
	}
	return gzip > 0 && gzip >= identity
}
