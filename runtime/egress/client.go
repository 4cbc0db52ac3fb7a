package egress

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"
)

// dialTimeout bounds how long a connection may take to come about.
const dialTimeout = 10 * time.Second

// Dial connects to an address that the policy allows. It is judged when the
// name has been resolved, at the moment of connecting, so that a name that
// resolves to something else a second time gains nothing.
func (p Policy) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("connecting: %w", err)
	}
	if err := p.checkName(host); err != nil {
		return nil, err
	}
	dialer := net.Dialer{Timeout: dialTimeout, Control: func(_, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if err != nil {
			return p.refused()
		}
		return p.check(at.Addr(), host)
	}}
	if p.guard != nil {
		dialer.Resolver = p.guard.options.Resolver
	}
	return dialer.DialContext(ctx, network, address)
}

// transport makes the policy's own transport. What callers name is connected to
// anew each time, as the policy can change meanwhile.
func (p Policy) transport() *http.Transport {
	t := &http.Transport{
		DialContext:            p.Dial,
		TLSHandshakeTimeout:    dialTimeout,
		MaxIdleConnsPerHost:    2,
		IdleConnTimeout:        30 * time.Second,
		DisableKeepAlives:      !p.manifest,
		MaxResponseHeaderBytes: 64 << 10,
		ForceAttemptHTTP2:      true,
	}
	if p.guard != nil && p.guard.options.EnvironmentProxy {
		t.Proxy = http.ProxyFromEnvironment
	}
	return t
}

// judged refuses what can be refused by the URL, before a proxy is asked.
type judged struct {
	*http.Transport
	policy Policy
}

// RoundTrip implements http.RoundTripper.
func (j judged) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := j.policy.CheckURL(r.URL); err != nil {
		return nil, err
	}
	return j.Transport.RoundTrip(r)
}

// Client returns an HTTP client that verifies TLS, gives up after timeout (the
// body included) and follows redirects only within the host and scheme it was
// sent to, and only those that keep method and body.
func (p Policy) Client(timeout time.Duration) *http.Client {
	return &http.Client{Transport: judged{p.transport(), p}, Timeout: timeout, CheckRedirect: checkRedirect}
}

// Direct returns an HTTP client without a time limit that follows no redirects,
// for protocols that see to both themselves.
func (p Policy) Direct() *http.Client {
	return &http.Client{Transport: judged{p.transport(), p}, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}
}
