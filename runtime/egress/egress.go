// Package egress makes HTTP clients for addresses that a caller of the API or
// the author of a manifest chose: webhooks, and files fetched by URL.
package egress

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"
)

// ErrRefusedAddress says that a name resolved to an address that may not be
// reached.
var ErrRefusedAddress = errors.New("the address is in a private range, which this runtime refuses")

// ErrRefusedRedirect says that a server answered with a redirect that is not
// followed.
var ErrRefusedRedirect = errors.New("the server redirects elsewhere, which is not followed")

// Policy says which addresses may be reached.
type Policy struct {
	// RefusePrivate refuses loopback, private, link-local and other addresses
	// that are not of the public internet. It is checked on the address that a
	// name resolved to, at the moment of connecting.
	RefusePrivate bool
}

// maxRedirects is how many redirects within one host are followed.
const maxRedirects = 3

// Client returns an HTTP client that verifies TLS, takes no proxy from the
// environment for refused addresses, gives up after timeout (the body
// included) and follows redirects only within the host and scheme it was sent
// to, and only those that keep method and body.
func (p Policy) Client(timeout time.Duration) *http.Client {
	dialer := &net.Dialer{Timeout: 10 * time.Second}
	transport := &http.Transport{
		DialContext:            dialer.DialContext,
		TLSHandshakeTimeout:    10 * time.Second,
		MaxIdleConnsPerHost:    2,
		IdleConnTimeout:        30 * time.Second,
		MaxResponseHeaderBytes: 64 << 10,
		ForceAttemptHTTP2:      true,
		Proxy:                  http.ProxyFromEnvironment,
	}
	if p.RefusePrivate {
		// Through a proxy the address that is reached is not ours to check.
		transport.Proxy = nil
		dialer.Control = func(_, address string, _ syscall.RawConn) error { return checkPublic(address) }
	}
	return &http.Client{Transport: transport, Timeout: timeout, CheckRedirect: checkRedirect}
}

func checkRedirect(next *http.Request, via []*http.Request) error {
	first := via[0]
	keeps := next.Method == first.Method
	if len(via) > maxRedirects || !keeps || next.URL.Host != first.URL.Host || next.URL.Scheme != first.URL.Scheme {
		return ErrRefusedRedirect
	}
	return nil
}

// shared is the range of carrier-grade NAT, which netip does not count among
// the private ones.
var shared = netip.MustParsePrefix("100.64.0.0/10")

func checkPublic(address string) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("%w: %q", ErrRefusedAddress, address)
	}
	ip := at.Addr().Unmap()
	if !ip.IsGlobalUnicast() || ip.IsPrivate() || shared.Contains(ip) {
		return ErrRefusedAddress
	}
	return nil
}
