package whatsapp

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
)

// Dial connects to an address.
type Dial func(ctx context.Context, network, address string) (net.Conn, error)

// outbound is the HTTP transport for all traffic to WhatsApp. Unlike with
// whatsmeow's own setters, its proxy can be changed while it is in use.
type outbound struct {
	// dial connects to the proxy; nil for the default dialer.
	dial Dial
	// roots returns the certificates to trust through a proxy; nil for the
	// system's.
	roots func() *x509.CertPool
	mu    sync.Mutex
	proxy string
	trust *x509.CertPool
	next  http.RoundTripper
}

// set sets the proxy and reports whether it changed, or what is trusted through
// it. Without a proxy only the system's certificates are trusted.
func (w *outbound) set(e *Endpoint, proxy *url.URL) bool {
	name, trust := "", (*x509.CertPool)(nil)
	if proxy != nil {
		name = proxy.String()
		if w.roots != nil {
			trust = w.roots()
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.next != nil && w.proxy == name && w.trust == trust {
		return false
	}
	w.proxy, w.trust, w.next = name, trust, transport(e, proxy, w.dial, trust)
	return true
}

// errOtherHost refuses requests to hosts other than WhatsApp's.
var errOtherHost = errors.New("only WhatsApp's own hosts may be contacted for a session")

// RoundTrip implements http.RoundTripper. It allows only WhatsApp's hosts:
// neither a media URL in a message nor a redirect of a media server leads
// anywhere else.
func (w *outbound) RoundTrip(r *http.Request) (*http.Response, error) {
	host := r.URL.Hostname()
	if r.URL.Scheme != "https" || !strings.HasSuffix(host, ".whatsapp.net") && !strings.HasSuffix(host, ".whatsapp.com") {
		return nil, fmt.Errorf("%w, not %s", errOtherHost, host)
	}
	w.mu.Lock()
	next := w.next
	w.mu.Unlock()
	return next.RoundTrip(r)
}

// SetProxy changes the proxy; nil for none. An open connection is renewed
// through it.
func (a *Account) SetProxy(proxy *url.URL) {
	if a.outbound.set(a.opts.Endpoint, proxy) {
		a.current().ResetConnection()
	}
}
