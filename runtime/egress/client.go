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

// dialTimeout limits how long connecting may take.
const dialTimeout = 10 * time.Second

// Dial connects to an address that the policy allows. The check happens after the
// name is resolved, when connecting, so that DNS rebinding has no effect.
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

// transport returns a transport that enforces the policy. Targets named by callers
// use a new connection each time, because the policy can change.
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

// judged rejects URLs that can be rejected before a proxy is contacted.
type judged struct {
	*http.Transport
	policy Policy
	// trust is for targets from the configuration; nil for others.
	trust *trusting
}

func (p Policy) judged() judged {
	j := judged{Transport: p.transport(), policy: p}
	if p.manifest {
		j.trust = &trusting{guard: p.guard, base: j.Transport}
	}
	return j
}

// RoundTrip implements http.RoundTripper.
func (j judged) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := j.policy.CheckURL(r.URL); err != nil {
		return nil, err
	}
	if j.trust != nil {
		return j.trust.transport().RoundTrip(r)
	}
	return j.Transport.RoundTrip(r)
}

// Client returns an HTTP client that verifies TLS, gives up after timeout (body
// included), and only follows redirects that keep host, scheme, method and body.
func (p Policy) Client(timeout time.Duration) *http.Client {
	return &http.Client{Transport: p.judged(), Timeout: timeout, CheckRedirect: checkRedirect}
}

// Direct returns an HTTP client without a timeout that follows no redirects, for
// protocols that handle both themselves.
func (p Policy) Direct() *http.Client {
	return &http.Client{Transport: p.judged(), CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}
}
