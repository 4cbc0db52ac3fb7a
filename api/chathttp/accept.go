package chathttp

import (
	"net/http"
	"strconv"
	"strings"
)

// AcceptsGzip says whether a client wants gzip, at least as much as no compression.
func AcceptsGzip(h http.Header) bool {
	const unnamed = -1.0
	gzip, others, identity := unnamed, unnamed, 0.0
	for _, part := range strings.Split(strings.Join(h.Values("Accept-Encoding"), ","), ",") {
		switch name, q := weighed(part); name {
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

// Prefers returns the offered type that an Accept header prefers, or the first if
// it has no preference.
func Prefers(accept string, offers ...string) string {
	best, bestQ := offers[0], 0.0
	for _, offer := range offers {
		if q := quality(accept, offer); q > bestQ {
			best, bestQ = offer, q
		}
	}
	return best
}

// quality is the weight of a type in an Accept header, 0 to 1. An exact match
// counts slightly more than a wildcard.
func quality(accept, offer string) float64 {
	best := 0.0
	group, _, _ := strings.Cut(offer, "/")
	for _, part := range strings.Split(accept, ",") {
		name, q := weighed(part)
		switch name {
		case offer:
		case group + "/*":
			q *= 0.99
		case "*/*":
			q *= 0.98
		default:
			continue
		}
		best = max(best, q)
	}
	return best
}

// weighed splits a member of an Accept or Accept-Encoding header into its name, in
// lower case, and its weight.
func weighed(member string) (name string, q float64) {
	name, params, _ := strings.Cut(member, ";")
	q = 1
	for _, param := range strings.Split(params, ";") {
		if v, ok := strings.CutPrefix(strings.TrimSpace(param), "q="); ok {
			if f, err := strconv.ParseFloat(v, 64); err == nil && f >= 0 && f <= 1 {
				q = f
			}
		}
	}
	return strings.ToLower(strings.TrimSpace(name)), q
}
