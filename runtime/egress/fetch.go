package egress

import (
	"crypto/tls"
	"errors"
	"net/http"
	"net/url"
	"time"
)

// mostHops is the maximum number of redirects that a Fetcher follows.
const mostHops = 5

// Fetcher returns a client for files and pages given by URL. Unlike Client, it
// follows redirects to other hosts, which such URLs often need; the policy applies
// to each of them. It does not follow redirects from https to http.
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

// ParseURL parses an absolute http or https URL.
func ParseURL(s string) (*url.URL, error) {
	u, err := url.Parse(s)
	if err != nil || !fetchable(u) {
		return nil, errors.New("must be an http:// or https:// URL")
	}
	return u, nil
}

func fetchable(u *url.URL) bool {
	return (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != ""
}

// unreachable is the text for every connection failure: a client must not learn
// which addresses and ports of an internal network exist.
const unreachable = "its server cannot be reached, or the address is not public; an administrator can allow it with spec.egress.allow"

// Problem says why a URL from an API client could not be fetched, without the
// URL, which can contain a secret.
func Problem(err error) string {
	var certificate *tls.CertificateVerificationError
	switch {
	case errors.Is(err, ErrRefusedRedirect):
		return ErrRefusedRedirect.Error()
	case errors.As(err, &certificate):
		return "the server's certificate cannot be verified"
	}
	return unreachable
}
