package egress

import (
	"crypto/tls"
	"errors"
	"net/http"
	"net/url"
	"time"
)

// mostHops is how many redirects a Fetcher follows.
const mostHops = 5

// Fetcher returns a client for files and pages that somebody names by URL. It
// is Client, but follows redirects to other hosts too, as such URLs often need:
// each of them is held to the policy. It does not go back from https to http.
func (p Policy) Fetcher(timeout time.Duration) *http.Client {
	c := p.Client(timeout)
	c.CheckRedirect = func(next *http.Request, via []*http.Request) error {
		if len(via) > mostHops || !fetchable(next.URL) || via[len(via)-1].URL.Scheme == "https" && next.URL.Scheme != "https" {
			return ErrRefusedRedirect
		}
		return nil
	}
	return c
}

// ParseURL reads a URL that can be fetched: absolute, http or https.
func ParseURL(s string) (*url.URL, error) {
	u, err := url.Parse(s)
	if err != nil || !fetchable(u) {
		return nil, errors.New("must be a URL that begins with http:// or https://")
	}
	return u, nil
}

func fetchable(u *url.URL) bool {
	return (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != ""
}

// unreachable is one sentence for every way in which no answer comes: a caller
// must not learn which addresses and ports of an inner network exist.
const unreachable = "its server cannot be reached, or the address is not public; an administrator can allow it with spec.egress.allow"

// Problem says in a sentence why something that a caller named could not be
// fetched, without its URL, which can hold a secret.
func Problem(err error) string {
	var certificate *tls.CertificateVerificationError
	switch {
	case errors.Is(err, ErrRefusedRedirect):
		return ErrRefusedRedirect.Error()
	case errors.As(err, &certificate):
		return "the certificate of its server cannot be verified"
	}
	return unreachable
}
