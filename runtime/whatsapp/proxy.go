package whatsapp

import (
	"context"
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

// outbound is the one HTTP transport through which everything reaches WhatsApp.
// Its proxy can be changed while it is in use: whatsmeow's own setters cannot.
type outbound struct {
	// dial connects to proxies; nil means to any.
	dial  Dial
	mu    sync.Mutex
	proxy string
	next  http.RoundTripper
}

// set changes the way, and says whether it is another than before.
func (w *outbound) set(e *Endpoint, proxy *url.URL) bool {
	name := ""
	if proxy != nil {
		name = proxy.String()
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.next != nil && w.proxy == name {
		return false
	}
	w.proxy, w.next = name, transport(e, proxy, w.dial)
	return true
}

// errOtherHost is what a request to anything but WhatsApp fails with.
var errOtherHost = errors.New("only WhatsApp's own hosts are reached for a session")

// RoundTrip implements http.RoundTripper. It reaches WhatsApp's hosts alone:
// neither what a message says of its media nor a redirect of a media server
// leads anywhere else.
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

// SetProxy changes the way out to WhatsApp; nil is none. A connection there is
// comes back by the new way.
func (a *Account) SetProxy(proxy *url.URL) {
	if a.outbound.set(a.opts.Endpoint, proxy) {
		a.current().ResetConnection()
	}
}
